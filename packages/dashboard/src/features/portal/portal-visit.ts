import type { QueryClient } from '@tanstack/react-query';
import type { PortalSession } from 'latchkey/client';
import { api } from '../../app/api/client.js';
import { onSessionEnd } from '../../app/api/session-end.js';
import { isDialogOpen, isShownOnceOpen, onOpenDialogs } from '../../ui/open-dialogs.js';
import { onEntry, takeEntry, type Entry } from './entry.js';

export type Portal =
  | { readonly kind: 'opening' }
  | OpenPortal
  | { readonly kind: 'closed'; readonly ended: boolean }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface OpenPortal {
  readonly kind: 'open';
  readonly session: PortalSession;
  /** Over, and still shown: somebody is in a dialog. */
  readonly ended: boolean;
  /** Why a link did not open that was followed meanwhile; null where none was. */
  readonly refused: unknown;
}

export interface PortalVisit {
  readonly portal: () => Portal;
  readonly subscribe: (listener: () => void) => () => void;
  /** Spends what the address carries, now and whenever it changes. Gives the way to stop. */
  readonly begin: () => () => void;
  readonly leave: () => void;
}

/**
 * Whose portal is open. The end of a session takes away no dialog, for it may show a token or hold what was typed: the portal
 * closes when the last one is closed. A link that is followed meanwhile is spent at once, but not over a token.
 */
export function createPortalVisit(queryClient: QueryClient): PortalVisit {
  let portal: Portal = { kind: 'opening' };
  let next: { readonly entry: Entry | null } | null = { entry: takeEntry() };
  let isAsking = false;
  /** The windows of a browser share one cookie: whose it is by now, all of them must show. */
  const windows = new BroadcastChannel('latchkey-portal');
  const listeners = new Set<() => void>();

  function show(then: Portal): void {
    portal = then;
    for (const listener of listeners) listener();
  }

  function leave(then: Portal): void {
    queryClient.clear();
    show(then);
  }

  function enter(session: PortalSession): void {
    // Of the same owner, what was typed can go on; of another nothing may remain.
    const isSameOwner = portal.kind === 'open' && portal.session.ownerId === session.ownerId;
    if (isSameOwner) void queryClient.invalidateQueries();
    else queryClient.clear();
    show({ kind: 'open', session, ended: false, refused: null });
  }

  function refuse(error: unknown): void {
    show(portal.kind === 'open' ? { ...portal, refused: error } : { kind: 'failed', error });
  }

  /** One question at a time: the last answer says whose the cookie is. */
  async function ask(question: Promise<PortalSession | null>, onError: (error: unknown) => void): Promise<void> {
    isAsking = true;
    try {
      const session = await question;
      if (session !== null) enter(session);
      else show(portal.kind === 'open' ? { ...portal, ended: true } : CLOSED);
    } catch (error) {
      onError(error);
    }
    isAsking = false;
    goOn();
  }

  /** Does what had to wait, as soon as it can be done. */
  function goOn(): void {
    if (isAsking) return;
    if (next !== null && !isShownOnceOpen()) {
      const { entry } = next;
      next = null;
      if (portal.kind !== 'open') show({ kind: 'opening' });
      void ask(open(entry), refuse);
    } else if (portal.kind === 'open' && portal.ended && !isDialogOpen()) {
      leave(portal.refused === null ? { kind: 'closed', ended: true } : { kind: 'failed', error: portal.refused });
    }
  }

  async function open(entry: Entry | null): Promise<PortalSession | null> {
    if (entry === null) return api.portal.current();
    const session = await api.portal.open(entry);
    windows.postMessage('opened');
    return session;
  }

  function follow(entry: Entry | null): void {
    next = { entry };
    goOn();
  }

  /** Asked once more: what was refused may be a request of the session before this one. */
  function lookAgain(): void {
    if (portal.kind === 'open' && !isAsking) void ask(api.portal.current(), () => undefined);
  }

  return {
    portal: () => portal,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    begin: () => {
      const ends = [onEntry(follow), onSessionEnd(lookAgain), onOpenDialogs(goOn)];
      windows.onmessage = () => follow(null);
      goOn();
      return () => {
        windows.onmessage = null;
        for (const end of ends) end();
      };
    },
    leave: () => leave(CLOSED),
  };
}

const CLOSED: Portal = { kind: 'closed', ended: false };
