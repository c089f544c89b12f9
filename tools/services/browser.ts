/** Debian's Chromium, as its headless shell or whole. */
import { spawnSync } from 'node:child_process';
import { chromium, type BrowserServer, type LaunchOptions } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function browserOptions(flags: readonly string[] = []): LaunchOptions {
  const { stdout } = spawnSync('sh', ['-c', 'command -v chromium-headless-shell || command -v chromium'], { encoding: 'utf8' });
  return { executablePath: stdout.trim(), headless: true, args: [...FLAGS, ...flags] };
}

/** Starts a browser that other processes connect to, by its `wsEndpoint()`. */
export async function serveBrowser(): Promise<BrowserServer> {
  return chromium.launchServer(browserOptions());
}
