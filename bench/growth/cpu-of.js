/** What processes that run have used of the processors. Linux alone tells. */
import { readdirSync, readFileSync } from 'node:fs';

/** CPU milliseconds of all threads of the processes so far. A process or thread that has ended counts no more. */
export function cpuMsOf(pids) {
  return pids.flatMap(threadsOf).reduce((sum, path) => sum + nanosecondsOf(path), 0) / 1e6;
}

/** The processes that `pid` has started and that still run. */
export function childrenOf(pid) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
}

function threadsOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/schedstat`);
  } catch {
    return [];
  }
}

function nanosecondsOf(path) {
  try {
    return Number(readFileSync(path, 'utf8').split(' ')[0]);
  } catch {
    return 0;
  }
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
