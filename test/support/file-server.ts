import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on this machine for each test of the `describe` that it is called in; connections are cut after the test. */
export function fileServer(): FileServer {
  const server = new FileServer();
  beforeEach(() => server.start());
  afterEach(() => server.stop());
  return server;
}

export class FileServer {
  /** The paths that were asked for. */
  readonly asked: string[] = [];
  private readonly listeners = new Map<string, RequestListener>();
  private server: Server | undefined;

  /** Says what a path is answered with: bytes, or by a listener. Other paths are 404. */
  answer(path: string, content: Uint8Array | RequestListener): void {
    const listener: RequestListener = typeof content === 'function' ? content : (_, response) => response.end(content);
    this.listeners.set(path, listener);
  }

  address(path = '/'): string {
    return `http://127.0.0.1:${(this.server?.address() as AddressInfo).port}${path}`;
  }

  async start(): Promise<void> {
    this.asked.length = 0;
    this.listeners.clear();
    this.server = createServer((request, response) => {
      const path = request.url ?? '';
      this.asked.push(path);
      const missing: RequestListener = (_, reply) => reply.writeHead(404).end('nothing here');
      (this.listeners.get(path) ?? missing)(request, response);
    });
    await new Promise<void>((done) => this.server?.listen(0, '127.0.0.1', done));
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((done) => this.server?.close(done));
  }
}
