import { join } from 'node:path';
import { UserError } from '../../errors';
import { buildAddon, testInPlace } from './addon';
import { findCompiler } from './compiler';
import { TFJS_VERSION } from './npm-package';
import { PLATFORM, type Variant } from './platform';
import { ENVIRONMENT_PYTHON, hashOf, installPackages, makeEnvironment } from '../../install/pip';
import { findPython } from '../../install/python';
import type { BuildContext } from '../../install/source';
import { TENSORBOARD_REQUIREMENTS, isolateTensorBoard } from './tensorboard-packages';
import { SETUP, type TensorFlowParts, type TensorFlowSource } from './source';
import { commandName } from '../../util/command-name';

export const TENSORFLOW_VERSION = '2.21.0';

const DOWNLOAD: Record<Variant, string> = { cpu: '274 MB', cuda: '3.4 GB' };
const SPACE: Record<Variant, number> = { cpu: 2e9, cuda: 10e9 };

/** TensorFlow from its wheel on the Python package index, in its own virtual environment together with TensorBoard. */
export class WheelSource implements TensorFlowSource {
  readonly key: string;
  readonly command = SETUP.command;
  readonly alternatives = SETUP.alternatives;
  readonly title: string;
  readonly space: number;
  private readonly requirements: readonly string[];

  constructor(private readonly variant: Variant) {
    this.requirements = [join(__dirname, `requirements-${variant}.txt`), TENSORBOARD_REQUIREMENTS];
    // Does not include Python's version: the C library is the same in the wheels of all versions.
    const versions = [TENSORFLOW_VERSION, `tfjs${TFJS_VERSION}`, hashOf(this.requirements)];
    this.key = [variant, process.platform, process.arch, ...versions].join('-');
    this.title = `TensorFlow ${TENSORFLOW_VERSION} for ${variant === 'cpu' ? 'the CPU' : 'NVIDIA GPUs'}`;
    this.space = SPACE[variant];
  }

  async check(): Promise<void> {
    if (!PLATFORM.variants.includes(this.variant)) throw unsupported(this.title);
    findCompiler();
    await findPython(this);
  }

  async build(context: BuildContext): Promise<TensorFlowParts> {
    const python = await findPython(this);
    await context.progress.step(`Create a Python ${python.version} environment`, () =>
      makeEnvironment(context, python),
    );
    const packages = await context.progress.step(
      `Install TensorFlow ${TENSORFLOW_VERSION} (${DOWNLOAD[this.variant]})`,
      async () => {
        const installed = await installPackages(context, this.requirements);
        await isolateTensorBoard(join(context.folder, installed));
        return installed;
      },
    );
    const library = join(packages, 'tensorflow');
    const addon = await context.progress.step('Build the Node addon', () =>
      // Relative to the addon, so that the folder can be tested before it is renamed.
      buildAddon(context, join(context.folder, library), `${PLATFORM.origin}/${library}`),
    );
    return {
      ...(await testInPlace(context, addon)),
      variant: this.variant,
      library,
      addon,
      python: ENVIRONMENT_PYTHON,
    };
  }
}

function unsupported(title: string): UserError {
  return new UserError(
    `exp setup cannot install ${title} on ${process.platform}-${process.arch}: it has no wheel for it.`,
    {
      hints: [`Use an existing TensorFlow: ${commandName()} setup --tensorflow PATH`],
    },
  );
}
