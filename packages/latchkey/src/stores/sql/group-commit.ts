/**
 * Gathers requests into groups that are committed together: a commit that reaches the disk takes longer than all that is
 * done in it. A group is what is asked for in one turn of the event loop, and while the group before it is under way; each
 * request gets its own outcome, or all the failure of the group. At most `most` in a group.
 */
export function createGroupCommit<Request, Outcome>(
  commit: (group: readonly Request[]) => Promise<readonly Outcome[]>,
  most = 500,
): (request: Request) => Promise<Outcome> {
  interface Waiting {
    readonly request: Request;
    resolve(outcome: Outcome): void;
    reject(error: unknown): void;
  }
  let waiting: Waiting[] = [];
  let running = false;

  async function commitNext(): Promise<void> {
    const group = waiting.slice(0, most);
    waiting = waiting.slice(most);
    try {
      const outcomes = await commit(group.map(({ request }) => request));
      for (const [index, { resolve }] of group.entries()) resolve(outcomes[index] as Outcome);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) await commitNext();
    running = false;
  }

  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject });
      if (!running) setImmediate(() => void run());
      running = true;
    });
}
