/** The calls of the contract over HTTP: each is made from its address alone. */
import { parametersOf, type Address } from '../contract/addresses.js';
import { InvalidInputError } from '../domain/errors.js';
import { isTellable } from '../domain/nearest-name.js';
import type { Resource } from './problem.js';
import { segment, type Call, type Transport } from './transport.js';
import { readVerdict } from './wire-verdict.js';

type Options = Pick<Call, 'signal' | 'wait' | 'idempotencyKey' | 'ifMatch'>;

/** What a call needs beside its address. */
interface Special {
  /** Returns the input as it travels. */
  readonly inputOf?: (input: object) => object;
  readonly patienceMs?: number;
}

interface SpecialCalls {
  /** The resource that a 404 reports as missing. */
  readonly resource: Resource;
  readonly calls?: Readonly<Record<string, Special>>;
}

/** Returns the calls at these addresses. */
export function callsOver<Calls>(
  transport: Transport,
  addresses: Readonly<Record<string, Address>>,
  { resource, calls = {} }: SpecialCalls,
): Calls {
  const made = Object.entries(addresses).map(([name, address]) => [name, callAt(transport, address, { resource, ...calls[name] })]);
  return Object.fromEntries(made) as Calls;
}

function callAt(
  { ask, issue }: Transport,
  address: Address,
  { resource, inputOf = (input) => input, patienceMs }: Special & { readonly resource: Resource },
): (...args: unknown[]) => Promise<unknown> {
  const { method, input, gives, safe } = address;
  const parameters = parametersOf(address.path);
  return async (...args) => {
    const rest = args.slice(parameters.length);
    const given = input === undefined ? undefined : inputOf(objectOf(rest.shift()) ?? {});
    const call: Call = {
      ...readOptions(rest[0], address),
      method,
      path: pathOf(address.path, args),
      resource: parameters.includes('secretId') ? 'secret' : resource,
      ...(safe === true && { safe }),
      ...(patienceMs !== undefined && { patienceMs }),
      ...partsOf(method, given),
    };
    if (gives === 'issued') return issue(call);
    const answer = await ask(call);
    if (gives === 'list') return (answer as { readonly data: unknown }).data;
    return gives === 'verdict' ? readVerdict(answer) : answer;
  };
}

/** A change comes as JSON also where it says nothing; a DELETE has no body. */
function partsOf(method: Address['method'], given: object | undefined): Pick<Call, 'query' | 'body'> {
  if (method === 'GET') return { query: given };
  return method === 'DELETE' ? {} : { body: given ?? {} };
}

function pathOf(path: string, args: readonly unknown[]): string {
  let next = 0;
  return path.replaceAll(/\{\w+\}/g, () => {
    const id = args[next++];
    if (typeof id !== 'string') throw new InvalidInputError([{ pointer: '', message: 'Use text for an id or a name.' }]);
    return segment(id);
  });
}

/** The service judges what stands in it. */
export function objectOf(given: unknown): object | undefined {
  if (given === undefined || (typeof given === 'object' && given !== null)) return given;
  throw new InvalidInputError([{ pointer: '', message: 'Use an object.' }]);
}

/** Returns the options of a call. One that the call does not take would promise what it does not hold. */
export function readOptions(given: unknown, { gives, waits, conditional }: Pick<Address, 'gives' | 'waits' | 'conditional'>): Options {
  const options = objectOf(given ?? {}) as Options;
  const known = [
    'signal',
    ...(waits === true ? ['wait'] : []),
    ...(gives === 'issued' ? ['idempotencyKey'] : []),
    ...(conditional === true ? ['ifMatch'] : []),
  ];
  for (const name in options) {
    if (known.includes(name)) continue;
    throw new InvalidInputError([
      { pointer: '', message: `This call takes no option "${isTellable(name) ? name.slice(0, 40) : '…'}"; use ${known.join(', ')}.` },
    ]);
  }
  return options;
}
