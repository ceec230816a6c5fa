import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { UserError, messageOf } from '../../errors';

/** Address at which a process listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** @param text `host:port`; an IPv6 host is in brackets @throws UserError if it is invalid */
export function parseAddress(text: string): Address {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host !== undefined && port >= 1 && port <= 65535) return { host, port };
  throw new UserError(`${JSON.stringify(text)} is not a valid worker address.`, {
    hints: ['Expected a host and a port from 1 to 65535, such as node1:2222'],
  });
}

/**
 * Looks up the hosts of addresses.
 * @returns their IP addresses as seen from this machine
 * @throws UserError naming those that have none
 */
export async function resolveHosts(addresses: readonly string[]): Promise<string[]> {
  const hosts = addresses.map((address) => parseAddress(address).host);
  const resolved = new Map<string, string>();
  const problems: string[] = [];
  const lookUp = async (host: string): Promise<void> => {
    try {
      resolved.set(host, (await lookup(host)).address);
    } catch (error) {
      problems.push(`The host ${host} of the cluster cannot be resolved: ${messageOf(error)}.`);
    }
  };
  await Promise.all([...new Set(hosts)].map(lookUp));
  const [first, ...others] = problems;
  if (first === undefined) return hosts.map((host) => resolved.get(host) as string);
  throw new UserError(first, {
    hints: [...others, 'Every machine of the cluster must be able to resolve the host names of all.'],
  });
}

const isLoopback = (address: string) => address.startsWith('127.') || address === '::1';

/** Whether all addresses are loopback addresses. @throws UserError naming hosts that cannot be resolved */
export async function areOnLoopback(addresses: readonly string[]): Promise<boolean> {
  return (await resolveHosts(addresses)).every(isLoopback);
}

/**
 * The address at which one of several processes should listen to be reachable only under its name in the cluster.
 * @param addresses of all of them
 * @returns undefined for all interfaces, if the name resolves to no interface that the others can reach: many machines resolve their own
 * name to 127.0.1.1, and some are reached through address translation
 */
export async function listeningAddress(addresses: readonly string[], index: number): Promise<string | undefined> {
  const resolved = await resolveHosts(addresses);
  const own = resolved[index] ?? '';
  if (resolved.every(isLoopback)) return own;
  const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return interfaces.some(({ address, internal }) => address === own && !internal) ? own : undefined;
}
