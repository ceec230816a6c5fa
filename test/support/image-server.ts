import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileIn } from './documents';

/** What the server answers. */
export interface Answer {
  readonly type: string | null;
  readonly body: Buffer;
}

/**
 * Starts the web server of docs/api.md in a project that has explab, and ends it by SIGTERM after some work.
 * @returns its exit code and signal, and what it reported
 */
export async function withImageServer(
  folder: string,
  work: (get: (query: string) => Promise<Answer>) => Promise<void>,
): Promise<{ readonly exit: unknown[]; readonly errors: string }> {
  writeFileSync(join(folder, 'server.mjs'), fileIn('docs/api.md', 'server.mjs'));
  const options = { cwd: folder, env: { ...process.env, PORT: '0' } };
  const server = spawn(process.execPath, ['server.mjs'], options);
  const [errors, exit] = [text(server.stderr), once(server, 'exit')];
  try {
    const [line] = (await Promise.race([once(server.stdout, 'data'), exit.then(() => [''])])) as [Buffer | string];
    await work((query) => get(new URL(query, line.toString().trim())));
  } finally {
    server.kill('SIGTERM');
  }
  return { exit: await exit, errors: await errors };
}

async function get(url: URL): Promise<Answer> {
  const response = await fetch(url);
  return { type: response.headers.get('content-type'), body: Buffer.from(await response.arrayBuffer()) };
}
