/**
 * Bounds what one client can hold of the service. A connection ends when its client takes none of an answer for a while, and
 * when more answers are pending on it than any honest client asks for at once.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionLimits {
  /** All connections together; those beyond are closed as they come. */
  readonly maxConnections: number;
  /** How long an answer may make no progress. */
  readonly stuckMs: number;
}

export interface Connections {
  /** Notes a request; false, and its connection is gone, where too many on it wait for their answers. */
  admit(incoming: IncomingMessage, outgoing: ServerResponse): boolean;
  /** Ends those that never sent a byte, as browsers open them on suspicion: node does not count them as idle. */
  endUnused(): void;
}

/** Requests that a client may send on one connection before it has the answer to the first (RFC 9112, section 9.3.2). */
const PENDING_MAX = 16;

/** How often progress is looked at, in the time that it may take. */
const LOOKS = 4;

interface Progress {
  /** Answers that are under way. */
  pending: number;
  /** Bytes that the client has taken, and how often nothing was added to them. */
  taken: number;
  looks: number;
}

/** Watches the connections of a server that does not listen yet, until it is closed. */
export function watchConnections(server: Server, { maxConnections, stuckMs }: ConnectionLimits): Connections {
  const open = new Map<Socket, Progress>();
  server.maxConnections = maxConnections;
  server.on('connection', (socket) => {
    open.set(socket, { pending: 0, taken: 0, looks: 0 });
    // Each answer that waits listens for the end of the connection, beside what node itself has there.
    socket.setMaxListeners(PENDING_MAX + socket.getMaxListeners());
    socket.once('close', () => open.delete(socket));
  });
  server.once('listening', () => {
    const look = (): void => {
      for (const [socket, progress] of open) if (isStuck(socket, progress)) socket.destroy();
    };
    const timer = setInterval(look, stuckMs / LOOKS).unref();
    server.once('close', () => clearInterval(timer));
  });
  return {
    admit({ socket }, outgoing) {
      const progress = open.get(socket);
      if (progress === undefined) return true;
      progress.pending += 1;
      outgoing.once('close', () => (progress.pending -= 1));
      if (progress.pending <= PENDING_MAX) return true;
      socket.destroy();
      return false;
    },
    endUnused() {
      for (const socket of open.keys()) if (socket.bytesRead === 0) socket.destroy();
    },
  };
}

/** Returns whether an answer waits and its client has taken nothing for several looks. */
function isStuck(socket: Socket, progress: Progress): boolean {
  const taken = socket.bytesWritten - socket.writableLength;
  const waits = socket.writableLength > 0;
  progress.looks = waits && taken === progress.taken ? progress.looks + 1 : 0;
  progress.taken = taken;
  // The first look may come just after the data.
  return progress.looks > LOOKS;
}
