/** The calls that an engine and a client of a service have in common: what the suites use to verify and administer. */
import { ADDRESSES, parametersOf, type Address } from '../contract/addresses.js';
import type { RemoteOptions } from '../contract/call-options.js';
import type { Actor, CallContext } from '../domain/actor.js';
import type { LogHead } from '../domain/event.js';
import type { Names } from '../domain/names.js';
import type {
  ChainReport,
  EventView,
  KeyCalls,
  Latchkey,
  ListEventsQuery,
  OwnerCalls,
  Page,
  TierCalls,
  UsageReport,
  UsageRequest,
  VerifyEventsQuery,
} from '../engine/api/index.js';
import type { Verifier } from '../ports/verifier.js';

/** A client of `latchkey/client` is one as it stands; `administrationOf` makes one of an engine. */
export interface Administration extends Verifier {
  readonly keys: KeyCalls<Names, RemoteOptions>;
  readonly owners: OwnerCalls<RemoteOptions>;
  readonly tiers: TierCalls<Names, RemoteOptions>;
  readonly events: {
    list(query?: ListEventsQuery): Promise<Page<EventView>>;
    head(): Promise<LogHead | null>;
    verify(query?: VerifyEventsQuery): Promise<ChainReport>;
  };
  readonly usage: { read(query: UsageRequest): Promise<UsageReport> };
  ready(): Promise<void>;
}

/** Returns an engine whose calls `actor` makes. */
export function administrationOf(latchkey: Latchkey, actor: Actor): Administration {
  const { keys, owners, tiers, events, usage } = latchkey;
  const by: CallContext = { actor };
  return {
    verify: (token, request) => latchkey.verify(token, request),
    ready: () => latchkey.ready(),
    keys: actingAs(keys, { ...ADDRESSES.keys, walk: ADDRESSES.keys.list }, actor),
    owners: actingAs(owners, { ...ADDRESSES.owners, walk: ADDRESSES.owners.list }, actor),
    tiers: actingAs(tiers, ADDRESSES.tiers, actor),
    events: {
      list: (query) => events.list(query, by),
      head: () => events.head(by),
      verify: (query) => events.verify(query, by),
    },
    usage: { read: (query) => usage.read(query, by) },
  };
}

type AnyCall = (...args: readonly unknown[]) => unknown;

/** Returns the calls with `actor` among the options, which follow the names in the path and the input. */
function actingAs<Calls>(calls: object, addresses: Readonly<Record<string, Address>>, actor: Actor): Calls {
  const acting = Object.entries(addresses).map(([name, { path, input }]) => {
    const at = parametersOf(path).length + (input === undefined ? 0 : 1);
    const call: AnyCall = (...args) => {
      const options = { ...(args[at] as object | undefined), actor };
      return (calls as Readonly<Record<string, AnyCall>>)[name]?.(...Array.from({ length: at }, (_, index) => args[index]), options);
    };
    return [name, call];
  });
  return Object.fromEntries(acting) as Calls;
}
