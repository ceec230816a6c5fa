import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { findTensorBoard } from '../../framework/tensorflow/install/tensorboard';

/**
 * Starts the real TensorBoard on a folder of runs, with its fast reader, which is another than its Python's.
 * @param ask gets what TensorBoard answers: `/data/plugin/scalars/tags`; again and again until it has what `isThere` wants
 */
export async function withTensorBoard<T>(
  folder: string,
  look: (ask: <A>(path: string, isThere: (answer: A) => boolean) => Promise<A>) => Promise<T>,
): Promise<T> {
  const args = ['-I', '-m', 'tensorboard.main', '--logdir', folder, '--port', '0', '--load_fast', 'true'];
  const server = spawn(findTensorBoard() ?? 'python3', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const address = await addressOf(server);
    return await look(async (path, isThere) => {
      for (;;) {
        const answer = (await (await fetch(new URL(path, address))).json()) as never;
        if (isThere(answer)) return answer;
        await wait(200);
      }
    });
  } finally {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  }
}

async function addressOf(server: ChildProcess): Promise<string> {
  let output = '';
  for (const stream of [server.stdout, server.stderr])
    stream?.on('data', (bytes: Buffer) => (output += bytes.toString()));
  for (;;) {
    const address = /http:\/\/\S+/.exec(output)?.[0];
    if (address !== undefined) return address;
    if (server.exitCode !== null) throw new Error(output);
    await wait(100);
  }
}
