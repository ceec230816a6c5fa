import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Addresses of loopback, `host:port`, where nobody listened a moment ago, all of them different. */
export async function freeAddresses(count: number): Promise<string[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const addresses = servers.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return addresses;
}
