/** Migrations from several real processes at once. */
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';

interface MigrationAnswer {
  readonly applied?: readonly string[];
  readonly error?: string;
}

/**
 * Starts so many processes of the script, waits until all are ready, and lets them go at once. Returns every migration
 * that one of them applied, as often as it was applied, by id: whose turn it is between two migrations is left open.
 * Throws where a process failed, or did not apply its own in order.
 */
export async function migrateFromProcesses(script: string, args: readonly string[], processes: number): Promise<readonly string[]> {
  const answers = await answersOf(script, args, processes);
  assert.deepEqual(
    answers.flatMap(({ error }) => error ?? []),
    [],
  );
  for (const { applied } of answers) assert.deepEqual(applied, applied?.toSorted());
  return answers.flatMap(({ applied }) => applied ?? []).toSorted();
}

async function answersOf(script: string, args: readonly string[], processes: number): Promise<readonly MigrationAnswer[]> {
  const children = Array.from({ length: processes }, () => fork(script, args));
  try {
    await Promise.all(children.map(answerOf));
    const answers = children.map(answerOf);
    for (const child of children) child.send('go');
    return (await Promise.all(answers)) as readonly MigrationAnswer[];
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

/** What a process says next. */
async function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`A process ended with ${code} before it answered.`)));
  });
}
