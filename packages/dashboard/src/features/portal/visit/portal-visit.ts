/**
 * One visit to the portal: its session opens, belongs to one owner, and ends.
 *
 * features/portal/visit/ owns the way into the portal and out of it.
 */
import type { QueryClient } from '@tanstack/react-query';
import { problemOf, type PortalSession } from 'latchkey/client';
import { api } from '../../../api/calls/client.js';
import { onSessionEnd } from '../../../api/session/session-end.js';
import { isDialogOpen, isShownOnceOpen, onOpenDialogs } from '../../../ui/dialogs/open-dialogs.js';
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
  /** Asked where a link of another owner was followed; null where none was. */
  readonly question: OwnerQuestion | null;
}

export interface OwnerQuestion {
  readonly entry: Entry;
  /** Names both owners, in the words of the service. */
  readonly detail: string;
}

/** The result of a request: the open portal, and a question to the person. */
interface Found {
  readonly session: PortalSession | null;
  readonly question?: OwnerQuestion | undefined;
}

interface Step {
  readonly entry: Entry | null;
  /** The person agreed to close the portal of another owner. */
  readonly replace?: true;
}

export interface PortalVisit {
  readonly portal: () => Portal;
  readonly subscribe: (listener: () => void) => () => void;
  /** Spends what the address carries, now and whenever it changes. Gives the way to stop. */
  readonly begin: () => () => void;
  /** Answers the question: with `true` the keys of the other owner open, with `false` nothing changes. */
  readonly answer: (isToOpen: boolean) => void;
  readonly leave: () => void;
}

/**
 * Whose portal is open. The end of a session takes away no dialog, for it may show a token or hold what was typed: the portal
 * closes when the last one is closed. A link that is followed meanwhile is spent at once, but not over a token; a link of another
 * owner only when the person agrees, for a page elsewhere may have led the browser here.
 */
export function createPortalVisit(queryClient: QueryClient): PortalVisit {
  let portal: Portal = { kind: 'opening' };
  let next: Step | null = { entry: takeEntry() };
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

  function enter({ session, question }: Found & { readonly session: PortalSession }): void {
    // Of the same owner, what was typed can go on; of another nothing may remain.
    const before = portal.kind === 'open' && portal.session.ownerId === session.ownerId ? portal : null;
    if (before !== null) void queryClient.invalidateQueries();
    else queryClient.clear();
    show({ kind: 'open', session, ended: false, refused: null, question: question ?? before?.question ?? null });
  }

  function refuse(error: unknown): void {
    show(portal.kind === 'open' ? { ...portal, refused: error } : { kind: 'failed', error });
  }

  /** One request at a time: the last answer says whose the cookie is. */
  async function ask(request: Promise<Found>, onError: (error: unknown) => void): Promise<void> {
    isAsking = true;
    try {
      const { session, question } = await request;
      if (session !== null) enter({ session, question });
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
      const step = next;
      next = null;
      if (portal.kind !== 'open') show({ kind: 'opening' });
      void ask(open(step), refuse);
    } else if (portal.kind === 'open' && portal.ended && !isDialogOpen()) {
      leave(portal.refused === null ? { kind: 'closed', ended: true } : { kind: 'failed', error: portal.refused });
    }
  }

  async function open({ entry, replace }: Step): Promise<Found> {
    if (entry === null) return current();
    try {
      const session = await api.portal.open({ ...entry, replace });
      windows.postMessage('opened');
      return { session };
    } catch (error) {
      if (!(error instanceof Error) || problemOf(error)?.code !== 'portal_open') throw error;
      const { session } = await current();
      // It has ended meanwhile: there is nothing left to ask about.
      return session === null ? open({ entry, replace: true }) : { session, question: { entry, detail: error.message } };
    }
  }

  async function current(): Promise<Found> {
    return { session: await api.portal.current() };
  }

  function follow(entry: Entry | null): void {
    next = { entry };
    goOn();
  }

  /** Asked once more: what was refused may be a request of the session before this one. */
  function lookAgain(): void {
    if (portal.kind === 'open' && !isAsking) void ask(current(), () => undefined);
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
    answer: (isToOpen) => {
      if (portal.kind !== 'open' || portal.question === null) return;
      const { entry } = portal.question;
      show({ ...portal, question: null });
      if (isToOpen) next = { entry, replace: true };
      goOn();
    },
    leave: () => leave(CLOSED),
  };
}

const CLOSED: Portal = { kind: 'closed', ended: false };
