/** Every address of the dashboard, and what is shown there. What can be chosen on a page is part of its address. */
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { readKeyPageSearch, readKeysSearch, readNewKeySearch } from '../features/keys/index.js';
import { readLogSearch } from '../features/log/index.js';
import { readOwnersSearch } from '../features/owners/index.js';
import { SignInPage } from '../features/session/index.js';
import { Waiting } from '../ui/feedback/states.js';
import { parseSearch, stringifySearch } from './address-text.js';
import { late } from '../api/errors/late.js';
import { sessionQuery } from '../api/calls/queries.js';
import { MissingPage, PageFailure } from './page-failure.js';
import { Shell } from './shell.js';

interface RouterContext {
  readonly queryClient: QueryClient;
}

/** A page whose program comes when it is first shown. */
function latePage<Module extends Record<Name, () => ReactNode>, Name extends string>(load: () => Promise<Module>, name: Name) {
  return lazyRouteComponent<Record<Name, () => ReactNode>, Name>(late(load), name);
}

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { readonly returnTo?: string; readonly error?: string } => ({
    ...(isLocalPath(search['returnTo']) && { returnTo: search['returnTo'] }),
    ...(typeof search['error'] === 'string' && { error: search['error'] }),
  }),
  component: SignInPage,
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery);
    if (session !== null) return;
    context.queryClient.removeQueries({ queryKey: sessionQuery.queryKey });
    redirect({ to: '/sign-in', search: location.href === '/' ? {} : { returnTo: location.href }, throw: true });
  },
});

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: latePage(async () => import('../features/overview/overview-page.js'), 'OverviewPage'),
});

const keys = createRoute({
  getParentRoute: () => shell,
  path: '/keys',
  validateSearch: readKeysSearch,
  component: latePage(async () => import('../features/keys/list/keys-page.js'), 'KeysPage'),
});

const newKey = createRoute({
  getParentRoute: () => shell,
  path: '/keys/new',
  validateSearch: readNewKeySearch,
  component: latePage(async () => import('../features/keys/edit/create-key-page.js'), 'CreateKeyPage'),
});

const key = createRoute({
  getParentRoute: () => shell,
  path: '/keys/$id',
  validateSearch: readKeyPageSearch,
  component: latePage(async () => import('../features/keys/detail/key-page.js'), 'KeyDetailPage'),
});

const editKey = createRoute({
  getParentRoute: () => shell,
  path: '/keys/$id/edit',
  component: latePage(async () => import('../features/keys/edit/edit-key-page.js'), 'EditKeyPage'),
});

const rotation = createRoute({
  getParentRoute: () => shell,
  path: '/keys/$id/rotation',
  component: latePage(async () => import('../features/keys/rotate/rotation-page.js'), 'RotationPage'),
});

const owners = createRoute({
  getParentRoute: () => shell,
  path: '/owners',
  validateSearch: readOwnersSearch,
  component: latePage(async () => import('../features/owners/owners-page.js'), 'OwnersPage'),
});

const owner = createRoute({
  getParentRoute: () => shell,
  path: '/owners/$id',
  component: latePage(async () => import('../features/owners/owner-page.js'), 'OwnerPage'),
});

const tiers = createRoute({
  getParentRoute: () => shell,
  path: '/tiers',
  component: latePage(async () => import('../features/tiers/tiers-page.js'), 'TiersPage'),
});

const newTier = createRoute({
  getParentRoute: () => shell,
  path: '/tiers/new',
  component: latePage(async () => import('../features/tiers/create-tier-page.js'), 'CreateTierPage'),
});

const tier = createRoute({
  getParentRoute: () => shell,
  path: '/tiers/$name',
  component: latePage(async () => import('../features/tiers/tier-page.js'), 'TierPage'),
});

const log = createRoute({
  getParentRoute: () => shell,
  path: '/log',
  validateSearch: readLogSearch,
  component: latePage(async () => import('../features/log/log-page.js'), 'LogPage'),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: latePage(async () => import('../features/settings/settings-page.js'), 'SettingsPage'),
});

const missing = createRoute({ getParentRoute: () => shell, path: '$', component: MissingPage });

const routes = root.addChildren([
  signIn,
  shell.addChildren([overview, keys, newKey, key, editKey, rotation, owners, owner, tiers, newTier, tier, log, settings, missing]),
]);

export function createOperatorRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: routes,
    context: { queryClient },
    // A page sees only the parameters that it reads: an address that leads to another site, say, is dropped.
    search: { strict: true },
    parseSearch,
    stringifySearch,
    defaultErrorComponent: PageFailure,
    defaultPendingComponent: () => <Waiting lines={8} label="Loading the page" />,
    defaultPendingMs: 150,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createOperatorRouter>;
  }
}

/** An address of this site alone: never another one, whatever a link says. */
function isLocalPath(value: unknown): value is string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value);
}
