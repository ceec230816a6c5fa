/** Ends the attempt at one server; the message is the reason shown to the user. */
export class Refusal extends Error {}

const MAX_REDIRECTS = 5;

/** Limits after which a server is abandoned. */
export interface Timeouts {
  /** Maximum time without data, or below the minimum speed. */
  readonly idleSeconds: number;
  /** Minimum speed. */
  readonly minBytesPerSecond: number;
}

/**
 * Streams the bytes at a URL.
 * @throws Refusal if the server sends anything else, or nothing
 */
export async function* receive(address: URL, timeouts: Timeouts): AsyncGenerator<Uint8Array, void, undefined> {
  const { idleSeconds, minBytesPerSecond } = timeouts;
  const connection = new AbortController();
  const abortIdle = (): void => connection.abort(new Refusal(`sent nothing for ${idleSeconds} s`));
  const timer = setTimeout(abortIdle, idleSeconds * 1000);
  // A server that sends a byte now and then is never idle, but would take months.
  let intervalBytes = 0;
  const measure = (): void => {
    const isSlow = intervalBytes > 0 && intervalBytes < minBytesPerSecond * idleSeconds;
    intervalBytes = 0;
    if (isSlow) connection.abort(new Refusal(`sent less than ${minBytesPerSecond} bytes/s for ${idleSeconds} s`));
  };
  const meter = setInterval(measure, idleSeconds * 1000);
  try {
    for await (const chunk of await bodyOf(address, connection.signal, MAX_REDIRECTS)) {
      timer.refresh();
      intervalBytes += chunk.length;
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
    clearInterval(meter);
    connection.abort();
  }
}

async function bodyOf(address: URL, signal: AbortSignal, redirects: number): Promise<AsyncIterable<Uint8Array>> {
  // Sizes and hashes are of the file itself, so it must not be unpacked in transit.
  const response = await fetch(address, { signal, redirect: 'manual', headers: { 'accept-encoding': 'identity' } });
  const location = response.headers.get('location');
  if (response.status >= 300 && response.status < 400 && location) {
    if (redirects === 0) throw new Refusal(`redirects more than ${MAX_REDIRECTS} times`);
    return bodyOf(resolveRedirect(address, location), signal, redirects - 1);
  }
  if (!response.ok || !response.body) throw new Refusal(`answered ${response.status} ${response.statusText}`.trimEnd());
  if (response.headers.get('content-type')?.startsWith('text/html')) throw new Refusal('answered with a web page');
  return response.body;
}

/** Target of a redirect. @throws Refusal if it is not encrypted */
export function resolveRedirect(from: URL, location: string): URL {
  const to = new URL(location, from);
  if (from.protocol === 'https:' && to.protocol !== 'https:') {
    throw new Refusal(`redirects to ${to.href}, which is not encrypted`);
  }
  return to;
}
