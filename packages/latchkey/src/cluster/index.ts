/**
 * What lets many processes answer from memory, and a change still hold everywhere once it is answered: each node has a
 * lease over all that it remembers, and whoever changes something waits until every node has forgotten it or let its lease run out
 * (C. Gray and D. Cheriton, "Leases", SOSP 1989).
 *
 * cluster/ owns the protocol, as pure code over an injected clock and the port NodeStore: when a node may serve
 * (lease.ts), and when a change has reached them all (propagate.ts). It knows no database, and no wall clock takes part but
 * to end a lease early. Each of its rules, taken out, breaks the promise: simulation/ shows it.
 */
export { alone } from './alone.js';
export { joinByLease, joinStrictly, type ClusterOptions } from './join.js';
