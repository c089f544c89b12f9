/** The frame of every operator's page: where one can go, who is signed in, and whether the service answers. */
import { ActionIcon, Menu } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { Suspense, useEffect, useRef, useState, type ComponentType } from 'react';
import { SessionEndedDialog } from '../features/session/index.js';
import { ConnectionNote } from '../ui/feedback/connection-note.js';
import { KeyIcon, LeaveIcon, LogIcon, MenuIcon, OverviewIcon, OwnerIcon, SettingsIcon, TierIcon } from '../ui/theme/icons.js';
import { useLeaving } from '../ui/dialogs/leaving.js';
import { Logo } from '../ui/layout/logo.js';
import { Name } from '../ui/text/name.js';
import { Waiting } from '../ui/feedback/states.js';
import { ThemeSwitch } from '../ui/theme/theme-switch.js';
import { api } from '../api/calls/client.js';
import { describeError } from '../api/errors/describe-error.js';
import { endedWith } from '../api/session/session-end.js';
import { useSession } from '../api/session/session.js';
import { useConnectionLost } from '../api/errors/use-connection-lost.js';
import classes from './shell.module.css';

const PLACES = [
  { to: '/', label: 'Overview', icon: OverviewIcon, exact: true },
  { to: '/keys', label: 'Keys', icon: KeyIcon, exact: false },
  { to: '/owners', label: 'Owners', icon: OwnerIcon, exact: false },
  { to: '/tiers', label: 'Tiers', icon: TierIcon, exact: false },
  { to: '/log', label: 'Log', icon: LogIcon, exact: false },
  { to: '/settings', label: 'Settings', icon: SettingsIcon, exact: false },
] as const satisfies readonly { to: string; label: string; icon: ComponentType; exact: boolean }[];

export function Shell() {
  const [open, setOpen] = useState(false);
  const lost = useConnectionLost();
  const main = useMainFocus(() => setOpen(false));
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main" onClick={(event) => skipTo(event, main.current)}>
        Skip to the content
      </a>
      <nav aria-label="Menu" className={classes.bar}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={open ? 'Close the menu' : 'Open the menu'}
          aria-expanded={open}
          aria-controls="places"
          onClick={() => setOpen(!open)}
        >
          <MenuIcon />
        </ActionIcon>
        <Logo />
      </nav>
      <aside className={classes.side} id="places" data-open={open || undefined}>
        <div className={classes.brand}>
          <Logo />
        </div>
        <nav aria-label="Places" className={classes.nav}>
          {PLACES.map(({ to, label, icon: Icon, exact }) => (
            <Link key={to} to={to} className={classes.place} activeOptions={{ exact, includeSearch: false }}>
              <Icon /> {label}
            </Link>
          ))}
        </nav>
        <Account />
      </aside>
      <main className={classes.main} id="main" ref={main} tabIndex={-1}>
        <ConnectionNote lost={lost} />
        <Suspense fallback={<Waiting lines={8} label="Loading the page" />}>
          <Outlet />
        </Suspense>
      </main>
      <SessionEndedDialog />
    </div>
  );
}

function Account() {
  const session = useSession();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const goOut = (): void => {
    queryClient.clear();
    void navigate({ to: '/sign-in', search: {} });
  };
  const { leave, dialog } = useLeaving({ failedTitle: 'You are still signed in', describe: describeError, onLeft: goOut });
  return (
    <div className={classes.account}>
      <div className={classes.who}>
        <span className={classes.whoName}>
          <Name>{session?.principal.name ?? ''}</Name>
        </span>
        <span className={classes.whoKind}>{session?.principal.type === 'admin' ? 'Administrator' : 'Operator'}</span>
      </div>
      <ThemeSwitch />
      <Menu position="top-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="md" aria-label="Sign out">
            <LeaveIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void leave(async () => endedWith(api.sessions.end()))}>Sign out</Menu.Item>
          <Menu.Item onClick={() => void leave(async () => api.sessions.endAll())}>Sign out everywhere</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog}
    </div>
  );
}

/** A new page is read from its beginning: focus goes to the content when the path changes, not when a filter does. */
function useMainFocus(onChange: () => void) {
  const main = useRef<HTMLElement>(null);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const previous = useRef(pathname);
  useEffect(() => {
    if (previous.current === pathname) return;
    previous.current = pathname;
    onChange();
    main.current?.focus({ preventScroll: true });
  });
  return main;
}

function skipTo(event: { preventDefault(): void }, target: HTMLElement | null): void {
  event.preventDefault();
  target?.focus();
}
