/** CPU time per operation, in this process. */

/** Alternates rounds of the given jobs and gives, for each, the median CPU nanoseconds of one operation. */
export async function compare(jobs, { rounds = 9, operations }) {
  const samples = jobs.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, job] of jobs.entries()) {
      globalThis.gc?.();
      const before = process.cpuUsage();
      await job(operations);
      const { user, system } = process.cpuUsage(before);
      // The first round warms up.
      if (round > 0) samples[index].push(((user + system) * 1000) / operations);
    }
  }
  return samples.map(median);
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
