/** CPU time per operation, in this process. */

/** Alternates rounds of the given jobs and gives, for each, the median CPU nanoseconds of one operation. */
export async function compare(jobs, options) {
  return (await sampleRounds(jobs, options)).map(median);
}

/**
 * Likewise, for each the CPU nanoseconds of one operation in every round. What is collected between rounds costs the next one some of its
 * compiled code: jobs of much code and few operations are better left alone.
 */
export async function sampleRounds(jobs, { rounds = 9, operations, collect = true }) {
  const samples = jobs.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, job] of jobs.entries()) {
      if (collect) globalThis.gc?.();
      const before = process.cpuUsage();
      await job(operations);
      const { user, system } = process.cpuUsage(before);
      // The first round warms up.
      if (round > 0) samples[index].push(((user + system) * 1000) / operations);
    }
  }
  return samples;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** What the second of two costs more than the first: the median over pairs of rounds, so that the weather that both met cancels out. */
export function medianDifference([first, second]) {
  return median(second.map((cost, round) => cost - first[round]));
}
