/** A node of the cluster that cluster.js measures: an engine in a process of its own that does what it is told. */
import { createLatchkey } from 'latchkey';
import pg from 'pg';

const [database, leaseMs] = process.argv.slice(2);
const latchkey = await createLatchkey({ database, leaseMs: Number(leaseMs) });

const commands = {
  /** How many nodes are on record and have applied the whole log. */
  async known() {
    const { nodes } = await latchkey.cluster();
    return nodes.filter(({ behind }) => behind === 0).length;
  },

  /** Revokes so many keys, one at a time: the milliseconds of each, and of a bare round trip just before. */
  async revoke(times) {
    const probe = new pg.Client({ connectionString: database });
    await probe.connect();
    const measured = { revokeMs: [], roundTripMs: [], lapsed: 0 };
    for (let i = 0; i < times; i++) {
      const { key } = await latchkey.keys.create({ name: 'bench', owner: 'bench' });
      measured.roundTripMs.push(...(await repeat(5, () => probe.query('select 1'))));
      const [ms] = await repeat(1, async () => (measured.lapsed += (await latchkey.keys.revoke(key.id)).propagation.lapsed));
      measured.revokeMs.push(ms);
    }
    await probe.end();
    return measured;
  },
};

process.on('message', (message) => void obey(message));
process.on('disconnect', () => process.exit());
process.send({ ready: true });

async function obey({ name, argument }) {
  process.send({ result: await commands[name](argument) });
}

async function repeat(times, work) {
  const took = [];
  for (let i = 0; i < times; i++) {
    const begun = performance.now();
    await work();
    took.push(performance.now() - begun);
  }
  return took;
}
