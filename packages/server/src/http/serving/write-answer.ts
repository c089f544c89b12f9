/**
 * An answer onto node's own response, of the fast lane and of the ordinary way alike. A body is handed on from where it
 * lies, piece by piece as the client takes it: answers that wait for a slow client share their bytes.
 */
import type { ServerResponse } from 'node:http';
import type { Answer, HeaderFields } from '../exchange/answer.js';

/** A longer body is written in pieces: each has to be taken before the next is handed on. */
const PIECE_BYTES = 16_384;

/** Resolves when the answer was handed to the system, or the client is gone. Rejects where the answer's own stream fails. */
export async function writeAnswer(
  outgoing: ServerResponse,
  { status, headers, cookies, body, stream }: Answer,
  more: HeaderFields,
): Promise<void> {
  const lines = linesOf(headers, more);
  for (const cookie of cookies ?? []) lines.push('set-cookie', cookie);
  if (stream !== undefined) {
    outgoing.writeHead(status, lines);
    if (outgoing.req.method === 'HEAD') {
      await stream.cancel();
      outgoing.end();
    } else await writeStream(outgoing, stream);
    return;
  }
  if (!isStated(headers) && status !== 204 && status !== 304) lines.push('content-length', String(body === null ? 0 : byteLengthOf(body)));
  outgoing.writeHead(status, lines);
  if (body === null) outgoing.end();
  else if (body.length <= PIECE_BYTES)
    // Ended together with its last write, node would hand the answer to the system in two parts, which costs more.
    outgoing.write(body, () => outgoing.end());
  else await writePieces(outgoing, typeof body === 'string' ? Buffer.from(body) : body);
}

function linesOf(headers: readonly HeaderFields[], more: HeaderFields): string[] {
  const lines: string[] = [];
  for (const name in more) lines.push(name, more[name] ?? '');
  for (const part of headers) for (const name in part) lines.push(name, part[name] ?? '');
  return lines;
}

function isStated(headers: readonly HeaderFields[]): boolean {
  return headers.some((part) => 'content-length' in part);
}

function byteLengthOf(body: string | Uint8Array): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
}

async function writePieces(outgoing: ServerResponse, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength && !isGone(outgoing); at += PIECE_BYTES) {
    if (!outgoing.write(bytes.subarray(at, at + PIECE_BYTES))) await taken(outgoing);
  }
  outgoing.end();
}

/** Left early, the loop cancels the stream. */
async function writeStream(outgoing: ServerResponse, stream: ReadableStream<Uint8Array>): Promise<void> {
  for await (const piece of stream) {
    if (isGone(outgoing)) return;
    if (!outgoing.write(piece)) await taken(outgoing);
  }
  outgoing.end();
}

/** Resolves when there is room for more, or nobody takes any more. */
async function taken(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const { socket } = outgoing.req;
    const done = (): void => {
      outgoing.off('drain', done).off('close', done);
      socket.off('close', done);
      resolve();
    };
    outgoing.once('drain', done).once('close', done);
    socket.once('close', done);
    if (isGone(outgoing)) done();
  });
}

/** A pipelined answer that waits for its turn has no socket yet, and does not hear of the end of the request's. */
function isGone(outgoing: ServerResponse): boolean {
  return outgoing.destroyed || outgoing.req.socket.destroyed;
}
