/**
 * The digest of a token: what is stored in a token's stead, and what a token is found by. Its declarations name no type of Node: the
 * client's types reach them.
 */

/** `inspect.custom` of node:util. */
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/**
 * 32 bytes of SHA-256 or HMAC-SHA-256. Prints, serialises and inspects as its first characters only, so
 * that a log line never lets two leaked lists be joined.
 */
export class Digest {
  readonly #bytes: Buffer;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Takes ownership of `bytes`, which must be 32 long. */
  static of(bytes: Uint8Array): Digest {
    if (bytes.length !== 32) throw new RangeError(`A digest has 32 bytes, not ${bytes.length}.`);
    return new Digest(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  /** The bytes, for a store to keep and compare. Not to be written to. */
  bytes(): Uint8Array {
    return this.#bytes;
  }

  equals(other: Digest): boolean {
    return this.#bytes.equals(other.#bytes);
  }

  /** Which list of digests this one stands in, for an index in memory. */
  toKey(): string {
    return this.#bytes.toString('latin1');
  }

  toString(): string {
    return `digest(${this.#bytes.toString('hex', 0, 4)}…)`;
  }

  toJSON(): string {
    return this.toString();
  }

  [INSPECT](): string {
    return this.toString();
  }
}
