import { join } from 'node:path';
import { UserError } from '../../errors';
import { relevantLines, run } from '../../install/child';
import type { TensorFlowParts } from './source';
import { commandName } from '../../util/command-name';

/** Result of testing an addon. */
export type SmokeTestResult = Pick<TensorFlowParts, 'version' | 'gpu'>;

interface SmokeTestOptions {
  readonly log?: string;
  readonly signal?: AbortSignal;
  /** Libraries to load after the addon. */
  readonly libraries?: readonly string[];
}

const TIMEOUT_SECONDS = 120;

/**
 * Loads an addon in a separate process, isolated from crashes, and computes 1 + 1 with it.
 * @throws UserError with the output of the process
 */
export async function smokeTest(
  addon: string,
  { libraries = [], ...options }: SmokeTestOptions = {},
): Promise<SmokeTestResult> {
  const args = ['-r', join(__dirname, '../../typescript.js'), require.resolve('./probe'), addon, ...libraries];
  const { code, killedBy, stdout, output } = await run(process.execPath, args, {
    ...options,
    limitSeconds: TIMEOUT_SECONDS,
    environment: { TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  options.signal?.throwIfAborted();
  if (code === 0) return JSON.parse(stdout) as SmokeTestResult;
  const end = killedBy ? `its process was killed by ${killedBy}` : `its process exited with code ${code ?? 'unknown'}`;
  throw new UserError(`TensorFlow failed a smoke test: ${end}.`, {
    hints: [
      ...relevantLines(output, 5),
      ...(killedBy === 'SIGILL'
        ? [
            `This processor lacks instructions that the build requires, such as AVX. Use a suitable build: ${commandName()} setup --tensorflow PATH`,
          ]
        : []),
    ],
  });
}
