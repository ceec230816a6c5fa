import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PLATFORM } from './platform';
import { run } from '../../install/child';
import { findCompiler } from './compiler';
import { ensure, type EnsureOptions } from '../../install/ensure';
import type { Installation } from './installation';
import { folderOf, readRecord } from '../../install/record';
import { findTruncation } from '../../install/truncation';
import type { Source, BuildContext } from '../../install/source';
import { SETUP } from './source';

/** C++ sources of the custom operations. */
const FOLDER = join(__dirname, '..', 'kernels');
const SOURCE = 'kernels.cc';
const LIBRARY = 'kernels.so';

/** The compiled operations; `library` is undefined if they could not be compiled. */
export interface Kernels {
  readonly library: string | undefined;
}

/** Compiles the operations against the headers of a TensorFlow. */
class KernelsSource implements Source<Kernels> {
  readonly key: string;
  readonly title = 'fused operations';
  readonly command = SETUP.command;
  readonly alternatives = SETUP.alternatives;
  readonly space = 50e6;

  constructor(private readonly installation: Installation) {
    const identity = createHash('sha256').update(installation.folder);
    for (const file of readdirSync(FOLDER).sort()) identity.update(readFileSync(join(FOLDER, file)));
    this.key = `kernels-${process.platform}-${process.arch}-${identity.digest('hex').slice(0, 12)}`;
  }

  check(): Promise<void> {
    return Promise.resolve();
  }

  async build(context: BuildContext): Promise<Kernels> {
    const isCompiled = await context.progress.step('Compile fused operations', () => this.compile(context));
    if (isCompiled) return { library: LIBRARY };
    context.progress.log(
      `They cannot be compiled here; composed operations are used instead. Compiler output: ${context.log}`,
    );
    return { library: undefined };
  }

  private async compile({ folder, log, signal }: BuildContext): Promise<boolean> {
    const [command, ...compilerArgs] = findCompiler();
    const { library } = this.installation;
    const framework = PLATFORM.libraries.map((file) => join(library, file));
    const flags = ['-std=c++17', '-O3', '-fPIC', '-shared', '-w', `-I${join(library, 'include')}`];
    const args = [...compilerArgs, ...flags, join(FOLDER, SOURCE), ...framework, '-o', join(folder, LIBRARY)];
    const { code } = await run(command, args, { log, signal, environment: { TMPDIR: folder } });
    signal.throwIfAborted();
    return code === 0;
  }
}

/**
 * Compiles the operations for a TensorFlow if necessary.
 * @returns their library; undefined if they cannot be compiled here
 */
export async function ensureKernels(installation: Installation, options?: EnsureOptions): Promise<string | undefined> {
  const source = new KernelsSource(installation);
  const { library } = await ensure(source, () => find(source), options);
  return library;
}

/** Compiled operations for a TensorFlow; undefined before the first attempt to compile them. */
export function findKernels(installation: Installation): Kernels | undefined {
  return find(new KernelsSource(installation));
}

function find(source: KernelsSource): Kernels | undefined {
  const record = readRecord(source);
  if (!record) return undefined;
  const library = record.library === undefined ? undefined : join(folderOf(source.key), record.library);
  // A truncated library is compiled again.
  return library === undefined || (existsSync(library) && !findTruncation(library)) ? { library } : undefined;
}
