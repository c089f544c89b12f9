import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { connectBrowser, openWindow, type WindowOptions } from './browser.js';
import { signIn } from './operator.js';
import { startService, type RunningService } from './service.js';

export interface Dashboard {
  readonly service: RunningService;
  readonly browser: Browser;
  /** Of a window in which somebody is signed in. */
  readonly page: Page;
}

interface DashboardOptions extends WindowOptions {
  /** What there is when it is first looked at. */
  readonly prepare: (service: RunningService) => Promise<unknown>;
  /** By default the administrator signs in, on the page of the keys. */
  readonly enter?: (page: Page, service: RunningService) => Promise<void>;
}

/** For all tests of a file: a service, a browser, and one window of it. To be read from within a test. */
export function openDashboard({ prepare, enter = signIn, ...options }: DashboardOptions): Dashboard {
  let opened: Dashboard | null = null;
  const ends: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const [service, browser] = await Promise.all([startService(), connectBrowser()]);
    ends.push(
      async () => browser.close(),
      async () => service.remove(),
    );
    await prepare(service);
    const { page } = await openWindow(browser, service.url, options);
    opened = { service, browser, page };
    await enter(page, service);
  });

  afterAll(async () => {
    for (const end of ends) await end();
  });

  function read<Name extends keyof Dashboard>(name: Name): Dashboard[Name] {
    if (opened === null) throw new Error('The dashboard is opened before the first test.');
    return opened[name];
  }

  return {
    get service() {
      return read('service');
    },
    get browser() {
      return read('browser');
    },
    get page() {
      return read('page');
    },
  };
}
