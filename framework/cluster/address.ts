import { lookup } from 'node:dns/promises';
import { UserError, messageOf } from '../errors';

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

/** @throws UserError naming the hosts that have no address of the internet */
export async function resolveHosts(addresses: readonly string[]): Promise<void> {
  const hosts = [...new Set(addresses.map((address) => parseAddress(address).host))];
  const mistakes = await Promise.all(hosts.map(mistakeOf));
  const [first, ...others] = mistakes.filter((mistake) => mistake !== undefined);
  if (first === undefined) return;
  throw new UserError(first, { hints: [...others, 'The names of the cluster must be known on each of its machines.'] });
}

async function mistakeOf(host: string): Promise<string | undefined> {
  try {
    await lookup(host);
    return undefined;
  } catch (error) {
    return `The host ${host} of the cluster cannot be found: ${messageOf(error)}.`;
  }
}
