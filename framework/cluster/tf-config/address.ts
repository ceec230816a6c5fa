import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { UserError, messageOf } from '../../errors';

/** Where a process listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** @param text `host:port`; an IPv6 host stands in brackets @throws UserError where it is no address */
export function parseAddress(text: string): Address {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host !== undefined && port >= 1 && port <= 65535) return { host, port };
  throw new UserError(`${JSON.stringify(text)} is no address of a worker.`, {
    hints: ['An address is a host and a port from 1 to 65535: node1:2222'],
  });
}

/**
 * Looks the hosts of addresses up.
 * @returns the address of the internet that each has here
 * @throws UserError naming those that have none
 */
export async function resolveHosts(addresses: readonly string[]): Promise<string[]> {
  const hosts = addresses.map((address) => parseAddress(address).host);
  const found = new Map<string, string>();
  const mistakes: string[] = [];
  const lookUp = async (host: string): Promise<void> => {
    try {
      found.set(host, (await lookup(host)).address);
    } catch (error) {
      mistakes.push(`The host ${host} of the cluster cannot be found: ${messageOf(error)}.`);
    }
  };
  await Promise.all([...new Set(hosts)].map(lookUp));
  const [first, ...others] = mistakes;
  if (first === undefined) return hosts.map((host) => found.get(host) as string);
  throw new UserError(first, { hints: [...others, 'The names of the cluster must be known on each of its machines.'] });
}

const isLoopback = (address: string) => address.startsWith('127.') || address === '::1';

/** Whether all addresses are of this machine alone. @throws UserError naming hosts that cannot be found */
export async function areOnLoopback(addresses: readonly string[]): Promise<boolean> {
  return (await resolveHosts(addresses)).every(isLoopback);
}

/**
 * The address that one of several processes is to listen at, so that it is reached as the cluster names it and in no other way.
 * @param addresses of all of them
 * @returns undefined, for every interface, where the name leads to no interface that the others can reach: many machines call themselves
 * 127.0.1.1, and some are reached by a translated address
 */
export async function listeningAddress(addresses: readonly string[], index: number): Promise<string | undefined> {
  const resolved = await resolveHosts(addresses);
  const own = resolved[index] ?? '';
  if (resolved.every(isLoopback)) return own;
  const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return interfaces.some(({ address, internal }) => address === own && !internal) ? own : undefined;
}
