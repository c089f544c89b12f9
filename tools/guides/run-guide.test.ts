import { describe, expect, it } from 'vitest';
import { runGuide } from './run-guide.js';
import { hasCommands } from '../../packages/server/test/has-commands.js';

const block = (text: string, info = 'sh'): string => `\`\`\`${info}\n${text}\n\`\`\`\n\n`;
const run = async (...blocks: string[]): Promise<number> => runGuide({ name: 'guide.md', markdown: blocks.join('') });

describe.runIf(hasCommands('curl', 'script'))('running a guide', () => {
  it('keeps variables, functions and jobs from block to block, in a folder that is empty at first', async () => {
    const steps = await run(
      block('ls -A\nNAME=one\ntwice() { echo "$1 $1"; }\ncat > file <<END\n$NAME\nEND\n(read -r LINE < file; echo "$LINE" > other) &'),
      block('wait $!\ntwice "$(cat other)"\necho to the error output >&2'),
      block('one one\nto the error output', 'text'),
    );
    expect(steps).toBe(2);
  });

  it('writes files where they are named, before the blocks that follow, and installs what the clone has by npm', async () => {
    const steps = await run(
      block("import { hintOf } from 'latchkey';\nconsole.log(hintOf('nothing'), 3000);", 'js file=lib/hint.mjs'),
      block('npm install latchkey @latchkey/server && ls node_modules/@latchkey\nnode lib/hint.mjs'),
      block('server\n… …', 'text'),
    );
    expect(steps).toBe(2);
    await expect(run(block('npm install no-such-package'))).rejects.toThrow('a guide has no package no-such-package');
  });

  it('gives the ports that the document names to commands as free ones, and shows them in the output as the document does', async () => {
    const listen =
      'require("node:http").createServer().listen(3000, "127.0.0.1", function () { console.log(":" + this.address().port); this.close(); })';
    await run(block(`node -e '${listen}'`), block(':3000', 'text'));
  });

  it('names the line, what is shown, and what was seen, where the output is another', async () => {
    await expect(run(block('echo one; echo two'), block('one\nthree', 'text'))).rejects.toThrow(
      /^guide\.md:2: Not as line 7 shows\.\n {2}expected: three\n {2}seen: {5}two\nThe step:\n {2}\| echo one; echo two\nAll that was seen:\n {2}\| one\n {2}\| two$/,
    );
  });

  it('goes wrong where the last command of a block fails, though its output is as shown', async () => {
    await expect(run(block('echo one\nfalse'), block('one', 'text'))).rejects.toThrow(
      'guide.md:2: The last command ended with exit code 1.',
    );
  });

  it('goes wrong where a block cannot be parsed, or ends the shell', async () => {
    await expect(run(block('echo "one'))).rejects.toThrow(/^guide\.md:2: /);
    await expect(run(block('exit 0'))).rejects.toThrow('guide.md:2: the shell ended.');
  });

  it('starts and stops what runs in the first terminal, as its reader would', async () => {
    const started = block('…\nLatchkey listens on http://127.0.0.1:8787 …\n…\n…started …', 'text');
    const steps = await run(
      block('npm start', 'sh service'),
      started,
      block('curl -sf http://127.0.0.1:8787/healthz'),
      '<!-- first terminal: Ctrl-Z -->\n',
      block('kill -9 %1', 'sh service'),
      block('curl -s http://127.0.0.1:8787/healthz || echo gone'),
      block('gone', 'text'),
      block('npm start', 'sh service'),
      started,
      '<!-- first terminal: Ctrl-C -->\n',
      block('curl -s http://127.0.0.1:8787/healthz || echo gone'),
      block('gone', 'text'),
    );
    expect(steps).toBe(8);
  });

  it('says what the first terminal shows instead, where it does not come to show what it should', async () => {
    await expect(run(block('echo something; exit', 'sh service'), block('listens', 'text'))).rejects.toThrow(
      /^guide\.md:2: Not as line 6 shows\.\n {2}expected: listens\n {2}seen: {5}something\n/,
    );
  });
});
