import { randomUUID } from 'node:crypto';
import { type HeaderValues } from 'latchkey/edge';
import type { ClientAddresses } from './client-address.js';
import type { Exchange } from './exchange.js';

/** A request as it arrived, before anything of it is believed. */
export type Arrival = Omit<Exchange, 'requestId' | 'address' | 'keyId'>;

/** A request id that a trusted proxy may give. A token has an underscore, so none can come this way. */
const REQUEST_ID = /^[0-9A-Za-z.-]{8,64}$/;

/** Settles who asks, and under what id the answer goes out. */
export function createExchangeOpener({ addresses }: { readonly addresses: ClientAddresses }): (arrival: Arrival) => Exchange {
  return (arrival) => {
    const { headerValues, peer } = arrival;
    const forwardedFor = headerValues('x-forwarded-for');
    return {
      ...arrival,
      requestId: (addresses.isTrusted(peer) ? givenId(headerValues) : null) ?? randomUUID(),
      address: addresses.of({ peer, forwardedFor: forwardedFor.length === 0 ? undefined : forwardedFor.join(',') }),
      keyId: null,
    };
  };
}

function givenId(headerValues: HeaderValues): string | null {
  const [given, ...more] = headerValues('x-request-id');
  return given !== undefined && more.length === 0 && REQUEST_ID.test(given) ? given : null;
}
