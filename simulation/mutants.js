// @ts-check
/**
 * The rules of the protocol, each taken out: as an edit of the shipped code, by the text that is there, or as a database that
 * does not keep its side. A simulation that finds no breach under one of them shows nothing.
 *
 * @typedef {import('./edit-on-load.js').Edit} Edit
 * `from`: the first seed that shows the mutant, to begin with. Where the weather changes, the next one is found from there.
 *
 * @typedef {{ name: string, rule: string, from?: number, edits?: readonly Edit[], flaws?: import('./authority.js').Flaws }} Mutant
 */

/** @type {readonly Mutant[]} */
export const MUTANTS = [
  {
    name: 'lease-from-answer',
    rule: 'A lease is counted from when it was asked for.',
    from: 2,
    edits: [
      {
        file: 'cluster/lease.js',
        find: 'until = { monotonic: sent.monotonic + lengthMs, wall: sent.wall + lengthMs };',
        put: 'until = { monotonic: clock.monotonicMs() + lengthMs, wall: clock.now() + lengthMs };',
      },
    ],
  },
  {
    name: 'no-drift-margin',
    rule: 'A lease is given up early, because clocks run wrong.',
    from: 48,
    edits: [{ file: 'cluster/lease.js', find: 'DRIFT_MARGIN = 0.12', put: 'DRIFT_MARGIN = 0' }],
  },
  {
    name: 'acknowledged-before-forgotten',
    rule: 'A change is acknowledged only when it has been forgotten.',
    edits: [
      {
        file: 'cluster/lease.js',
        find: 'for (const event of events)\n                memory.forget(event);',
        put: 'clock.schedule(200, () => { for (const event of events) memory.forget(event); });',
      },
    ],
  },
  {
    name: 'nothing-forgotten',
    rule: 'A renewal forgets what the log says was changed.',
    edits: [{ file: 'cluster/lease.js', find: 'for (const event of events)\n                memory.forget(event);', put: ';' }],
  },
  {
    name: 'served-without-lease',
    rule: 'Nothing is served from memory without a lease.',
    edits: [
      {
        file: 'cluster/lease.js',
        find: 'mayServe: () => clock.now() < until.wall && clock.monotonicMs() < until.monotonic,',
        put: 'mayServe: () => true,',
      },
    ],
  },
  {
    name: 'wall-clock-alone',
    rule: 'A wall clock that is set back makes no lease longer.',
    from: 46,
    edits: [
      {
        file: 'cluster/lease.js',
        find: 'mayServe: () => clock.now() < until.wall && clock.monotonicMs() < until.monotonic,',
        put: 'mayServe: () => clock.now() < until.wall,',
      },
    ],
  },
  {
    name: 'monotonic-clock-alone',
    rule: 'A machine that slept holds no lease from before.',
    from: 2,
    edits: [
      {
        file: 'cluster/lease.js',
        find: 'mayServe: () => clock.now() < until.wall && clock.monotonicMs() < until.monotonic,',
        put: 'mayServe: () => clock.monotonicMs() < until.monotonic,',
      },
    ],
  },
  {
    name: 'fill-not-guarded',
    rule: 'A read that a change overtook fills no memory.',
    from: 29,
    edits: [
      {
        file: 'engine/cache/find-credential.js',
        find: 'makeCredential(credential, readAt);\n        cache.put',
        put: 'makeCredential(credential, cache.sequence);\n        cache.put',
      },
    ],
  },
  {
    name: 'overtaken-read-joined',
    rule: 'A read that a change overtook is not joined.',
    from: 2952,
    edits: [
      {
        file: 'engine/cache/find-credential.js',
        find: 'flight !== undefined && flight.sequence === cache.sequence && coherence.mayServe()',
        put: 'flight !== undefined && coherence.mayServe()',
      },
      // Noticed a second time where it is judged.
      { file: 'engine/verify/verify-key.js', find: 'cache.isCurrent(found) || overtaken === MAX_OVERTAKEN', put: 'true' },
    ],
  },
  {
    name: 'read-joined-without-lease',
    rule: 'A node without a lease joins no read that began before.',
    from: 626,
    edits: [
      {
        file: 'engine/cache/find-credential.js',
        find: 'flight !== undefined && flight.sequence === cache.sequence && coherence.mayServe()',
        put: 'flight !== undefined && flight.sequence === cache.sequence',
      },
    ],
  },
  {
    name: 'own-memory-kept',
    rule: 'Who changes something forgets it before the change is answered.',
    from: 26,
    edits: [{ file: 'engine/changes/change.js', find: 'for (const event of noted)\n                memory.forget(event);', put: '' }],
  },
  {
    name: 'nobody-waited-for',
    rule: 'A change waits for the other nodes.',
    edits: [{ file: 'cluster/propagate.js', find: 'if (!wait)', put: 'if (true) return { ...UNKNOWN, pending: [] }; if (!wait)' }],
  },
  {
    name: 'own-memory-not-waited-for',
    rule: 'A change that rests on those of others waits until its own node has been told of them.',
    from: 112,
    edits: [{ file: 'cluster/propagate.js', find: 'self === null || self.lease.applied() >= place', put: 'true' }],
  },
  {
    name: 'unknown-nodes-not-named',
    rule: 'Of nodes that cannot be asked after, nothing is promised.',
    from: 2071,
    edits: [
      {
        file: 'cluster/propagate.js',
        find: 'return watched === null || outcome === null ? UNKNOWN :',
        put: 'return watched === null || outcome === null ? { ...UNKNOWN, pending: [] } :',
      },
    ],
  },
  {
    name: 'lease-by-steady-clock',
    rule: 'A lease goes by a clock that is never made to stand still.',
    from: 29,
    edits: [
      {
        file: 'engine/engine.js',
        find: 'engineParts.join({ memory, clock: engineParts.clock })',
        put: 'engineParts.join({ memory, clock })',
      },
    ],
  },
  {
    name: 'wait-by-wall-clock',
    rule: 'How long is waited, the monotonic clock says.',
    from: 2876,
    edits: [
      {
        file: 'cluster/propagate.js',
        find: 'const { clock, self, known } = parts;',
        put: 'const { self, known } = parts; const clock = { ...parts.clock, monotonicMs: parts.clock.now };',
      },
    ],
  },
  {
    name: 'own-lease-waited',
    rule: 'A node is waited for as long as its own leases are.',
    edits: [
      {
        file: 'cluster/propagate.js',
        find: 'return others === null ? longestLeaseMs : Math.max(self?.leaseMs ?? 0, ...others.map(({ leaseMs }) => leaseMs));',
        put: 'return 2_000;',
      },
    ],
  },
  {
    name: 'repetition-not-waited-for',
    rule: 'A change that finds nothing to do waits as the one did that it repeats.',
    edits: [{ file: 'cluster/propagate.js', find: 'const known = place ?? ', put: 'const known = place ?? 0 ?? ' }],
  },
  {
    name: 'removed-though-renewed',
    rule: 'A node that has renewed is not taken off the record.',
    from: 44,
    edits: [{ file: 'stores/sql/nodes.js', find: "removal.where('renewal', '<=', renewal)", put: 'removal' }],
  },
  {
    name: 'removed-too-soon',
    rule: 'A node is watched for the length of a lease before it is taken off the record.',
    from: 165,
    edits: [
      {
        file: 'cluster/propagate.js',
        find: 'clock.schedule(leftMs, () => void nodes.removeNode',
        put: 'clock.schedule(0, () => void nodes.removeNode',
      },
    ],
  },
  {
    name: 'memory-kept-on-return',
    rule: 'A node that comes back on record forgets everything.',
    from: 1643,
    edits: [{ file: 'stores/sql/nodes.js', find: 'return (inserted.numInsertedOrUpdatedRows ?? 0n) === 0n;', put: 'return true;' }],
  },
  { name: 'stale-replica', rule: 'Nothing is read from a replica that lags.', flaws: { staleReads: true } },
  { name: 'gaps-in-the-order', rule: 'The order of the log is that of the commits.', from: 10, flaws: { gapsInOrder: true } },
  {
    name: 'nodes-before-commit',
    rule: 'Who is to be waited for is read after the commit.',
    from: 116,
    flaws: { nodesBeforeCommit: true },
  },
];
