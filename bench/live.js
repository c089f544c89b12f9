/**
 * How long what changes elsewhere takes to appear on a page of the dashboard that nobody touches, in a real Chromium: the list of
 * keys, and what was verified in the overview, which reaches the store within a second first. Wall time, for here it is the subject;
 * the longest counts.
 */
import { spawnSync } from 'node:child_process';
import { importTypeScript } from './import-typescript.js';

const CHANGES = 20;
const GOAL = '≤ 5 000 ms';

if (spawnSync('sh', ['-c', 'command -v chromium']).status === 0) await measure();
else process.stderr.write('left out: live (Chromium is not installed: apt-get install chromium)\n');

async function measure() {
  const { launchBrowser, openWindow } = await importTypeScript('packages/dashboard/test/harness/browser.ts');
  const { signIn } = await importTypeScript('packages/dashboard/test/harness/operator.ts');
  const { startService } = await importTypeScript('packages/dashboard/test/harness/service.ts');
  const service = await startService();
  const browser = await launchBrowser();
  try {
    const { page: list, context } = await openWindow(browser, service.url);
    await signIn(list, service);
    const overview = await context.newPage();
    await overview.goto('/');
    await compare('a key that was made', async (number) => {
      await service.client.keys.create({ name: `Key ${number}`, owner: 'ada' });
      return list.getByRole('link', { name: `Key ${number}`, exact: true });
    });
    const { token } = await service.client.keys.create({ name: 'used', owner: 'ada' });
    await compare('a verification', async (number) => {
      await service.client.verify(token);
      return overview.getByRole('region', { name: 'Verifications' }).getByText(`${number} in all`);
    });
  } finally {
    await browser.close();
    await service.remove();
  }
}

async function compare(what, change) {
  const tookMs = [];
  for (let number = 1; number <= CHANGES; number++) {
    const startedAt = performance.now();
    await (await change(number)).waitFor();
    tookMs.push(performance.now() - startedAt);
  }
  process.send({ what: `dashboard, until ${what} is on the page`, subject: Math.max(...tookMs), unit: 'ms', goal: GOAL });
}
