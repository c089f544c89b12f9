/** What there is to say of a Redis: in a file of its own, so that the types of the library need none of ioredis. */

export interface RedisReport {
  /** Of every node that answers. */
  readonly nodes: readonly RedisNodeReport[];
  readonly findings: readonly RedisFinding[];
}

export interface RedisFinding {
  /** `wrong`: limits cannot be counted there. `unreachable`: as long as it stays so. `warning`: probably not meant so. */
  readonly status: 'wrong' | 'unreachable' | 'warning';
  readonly detail: string;
  readonly mend: string;
}

export interface RedisNodeReport {
  /** Host and port. */
  readonly address: string;
  readonly product: 'Redis' | 'Valkey';
  readonly version: string;
  /** Median of a few calls, in milliseconds. */
  readonly latencyMs: number;
  readonly memory: { readonly usedBytes: number; /** 0: as much as there is. */ readonly maxBytes: number };
}
