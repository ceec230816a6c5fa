/** Ends the attempt at one server; the message is the reason that the user is told. */
export class Refusal extends Error {}

const MAX_REDIRECTS = 5;

/** When a server is given up. */
export interface Timeouts {
  /** How long it may send nothing, or less than the least speed. */
  readonly idleSeconds: number;
  /** The least speed. */
  readonly minBytesPerSecond: number;
}

/**
 * The bytes at an address, as they come.
 * @throws Refusal where the server has something else to say, or nothing
 */
export async function* receive(address: URL, patience: Timeouts): AsyncGenerator<Uint8Array, void, undefined> {
  const { idleSeconds, minBytesPerSecond } = patience;
  const connection = new AbortController();
  const giveUp = (): void => connection.abort(new Refusal(`sent nothing for ${idleSeconds} s`));
  const timer = setTimeout(giveUp, idleSeconds * 1000);
  // A server that sends a byte now and then is never idle, and would take months.
  let lately = 0;
  const measure = (): void => {
    const isSlow = lately > 0 && lately < minBytesPerSecond * idleSeconds;
    lately = 0;
    if (isSlow) connection.abort(new Refusal(`sent less than ${minBytesPerSecond} bytes/s for ${idleSeconds} s`));
  };
  const meter = setInterval(measure, idleSeconds * 1000);
  try {
    for await (const chunk of await bodyOf(address, connection.signal, MAX_REDIRECTS)) {
      timer.refresh();
      lately += chunk.length;
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
    clearInterval(meter);
    connection.abort();
  }
}

async function bodyOf(address: URL, signal: AbortSignal, redirects: number): Promise<AsyncIterable<Uint8Array>> {
  // Sizes and hashes are those of the file itself, so nobody is to unpack it on the way.
  const response = await fetch(address, { signal, redirect: 'manual', headers: { 'accept-encoding': 'identity' } });
  const location = response.headers.get('location');
  if (response.status >= 300 && response.status < 400 && location) {
    if (redirects === 0) throw new Refusal(`redirects more than ${MAX_REDIRECTS} times`);
    return bodyOf(redirected(address, location), signal, redirects - 1);
  }
  if (!response.ok || !response.body) throw new Refusal(`answered ${response.status} ${response.statusText}`.trimEnd());
  if (response.headers.get('content-type')?.startsWith('text/html')) throw new Refusal('answered with a web page');
  return response.body;
}

/** Where a server's redirection leads. @throws Refusal where it leaves encryption */
export function redirected(from: URL, location: string): URL {
  const to = new URL(location, from);
  if (from.protocol === 'https:' && to.protocol !== 'https:') {
    throw new Refusal(`redirects to ${to.href}, which is not encrypted`);
  }
  return to;
}
