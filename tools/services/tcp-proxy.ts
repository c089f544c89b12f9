/** A way to a server that breaks when told to: for tests of what is built on connections. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * What happens to a message of a client. `cut`: it is lost with its connection. `cut-unanswered`: it arrives, the
 * connection is lost once the server has answered, and the answer with it. `swallow`: it is lost, the client's connection
 * ends, and the server does not hear of that. `stray`: as `swallow`, but it arrives in the end, upon `release`.
 */
export type Fault = 'cut' | 'cut-unanswered' | 'swallow' | 'stray';

export interface TcpProxy {
  readonly port: number;
  /** Connections since the start. */
  readonly opened: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Messages from clients (chunks, as they arrive) that have passed since the start. */
  readonly messages: number;
  /**
   * The next message that `matches` meets the fault, once; resolves when it has. `answers`: which answer is the last, where
   * several messages are on their way; by default the first that comes.
   */
  failAt(matches: Matches, fault: Fault, answers?: Matches): Promise<void>;
  /** Ends every connection, both ways, with a reset. */
  cut(): void;
  /** New connections are ended at once, until `accept`. */
  refuse(): void;
  accept(): void;
  /** What comes is kept back, both ways, and connections stay open as to a host that is gone; until `release`. */
  hold(): void;
  release(): void;
  /** New connections go to another port, as after a failover. */
  lead(port: number): void;
  /** Every message waits so long before it is passed on. */
  delay(ms: number): void;
  dispose(): Promise<void>;
}

type Matches = (message: Buffer) => boolean;

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** The client hears no more; whether this answer is the last thing that the connection sees. */
  isLast: Matches | null;
}

interface Armed {
  readonly matches: Matches;
  readonly answers: Matches;
  readonly fault: Fault;
  readonly met: () => void;
}

export async function startTcpProxy(to: { readonly port: number; readonly host?: string }): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let armed: Armed[] = [];
  let refusing = false;
  let delayMs = 0;
  let messages = 0;
  let opened = 0;
  let { port } = to;
  let held: (() => void)[] | null = null;
  let strays: (() => void)[] = [];

  /** In order, whatever is held back or delayed. */
  function pass(chunk: Buffer, into: Socket): void {
    const write = (): void => void (into.destroyed || into.write(chunk));
    if (held !== null) held.push(write);
    else if (delayMs > 0) setTimeout(write, delayMs);
    else write();
  }

  function fromClient(pair: Pair, message: Buffer): void {
    messages += 1;
    const found = armed.find(({ matches }) => matches(message));
    if (found === undefined) {
      pass(message, pair.server);
      return;
    }
    armed = armed.filter((other) => other !== found);
    if (found.fault === 'cut-unanswered') {
      pair.isLast = found.answers;
      pair.server.write(message);
    } else if (found.fault === 'cut') {
      destroy(pair);
    } else {
      pair.client.resetAndDestroy();
      if (found.fault === 'stray') strays.push(() => void pair.server.write(message));
    }
    found.met();
  }

  function fromServer(pair: Pair, answer: Buffer): void {
    if (pair.isLast === null) pass(answer, pair.client);
    else if (pair.isLast(answer)) destroy(pair);
  }

  const listener = createServer((client) => {
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const pair: Pair = { client, server: connect(port, to.host ?? '127.0.0.1'), isLast: null };
    // As servers and drivers do: a small message waits for no acknowledgement of the one before.
    for (const socket of [pair.client, pair.server]) socket.setNoDelay();
    pairs.add(pair);
    opened += 1;
    client.on('data', (message) => fromClient(pair, message)).on('error', () => undefined);
    pair.server.on('data', (answer) => fromServer(pair, answer)).on('error', () => undefined);
    client.on('end', () => pair.server.end());
    pair.server.on('close', () => {
      client.destroy();
      pairs.delete(pair);
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();

  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get opened() {
      return opened;
    },
    get open() {
      return pairs.size;
    },
    get messages() {
      return messages;
    },
    failAt: (matches, fault, answers = () => true) => new Promise((met) => armed.push({ matches, answers, fault, met })),
    cut() {
      for (const pair of pairs) destroy(pair);
    },
    refuse: () => void (refusing = true),
    accept: () => void (refusing = false),
    hold: () => void (held ??= []),
    release() {
      const kept = [...strays, ...(held ?? [])];
      strays = [];
      held = null;
      for (const write of kept) write();
    },
    lead: (other) => void (port = other),
    delay: (ms) => void (delayMs = ms),
    async dispose() {
      for (const pair of pairs) destroy(pair);
      listener.close();
      await once(listener, 'close');
    },
  };
}

function destroy({ client, server }: Pair): void {
  for (const socket of [client, server]) {
    // A socket that is being shut down cannot be reset, and would keep Node.js from ending.
    if (socket.writableEnded) socket.destroy();
    else socket.resetAndDestroy();
  }
}
