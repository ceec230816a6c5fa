import { lstatSync, mkdirSync, readlinkSync, renameSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as TensorFlow from '@tensorflow/tfjs-node-gpu';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';
import { messageOf, UserError } from '../errors';
import { registerGradients } from './gradients/register';
import { ADDON } from './install/addon';
import { checkLibraries, ensureInstallation, type Installation } from './install/installation';
import { ensureKernels } from './install/kernels';
import { packageFolder, TFJS } from './install/npm-package';
import { silently } from './install/silence';

/** The TensorFlow loaded by this process. */
export interface Loaded extends Installation {
  /** Library of fused operations; undefined on GPUs or if they could not be compiled. */
  readonly kernels: string | undefined;
}

let loading: Promise<Loaded> | undefined;
let loaded: Loaded | undefined;

/** Options that must be set before TensorFlow is loaded. */
export interface LoadOptions {
  /** Whether graphs may be compiled by XLA. */
  readonly xla?: boolean;
  /** 'auto', 'cpu', or a GPU by its number: 'gpu:1'. */
  readonly device?: string;
  /** Whether a GPU's memory is allocated as needed instead of all at once. */
  readonly memoryGrowth?: boolean;
  /** Threads for computation; by default, one per core. */
  readonly threads?: number | undefined;
}

/**
 * Sets the native backend of TensorFlow.js, installing TensorFlow first if necessary, with progress on standard error. May be called
 * repeatedly; the options of the first call are used.
 * @throws UserError if TensorFlow cannot be installed or loaded, or lacks the requested device
 */
export async function loadTensorFlow(options: LoadOptions = {}): Promise<void> {
  const { device = 'auto' } = options;
  if (!loading) setEnvironment(options);
  loading ??= load();
  try {
    loaded = await loading;
  } catch (error) {
    loading = undefined;
    throw error;
  }
  if (device.startsWith('gpu') && !loaded.gpu) {
    throw new UserError(`device=${device}: TensorFlow finds no such GPU.`, {
      hints: ['Check the installation: exp doctor'],
    });
  }
}

/** The loaded TensorFlow: version, variant, location, and whether it uses a GPU. @throws Error before `loadTensorFlow` */
export function loadedTensorFlow(): Loaded {
  if (!loaded) throw new Error('TensorFlow is not loaded: call loadTensorFlow first');
  return loaded;
}

/** Folder of TensorFlow's libraries, such as libtensorflow_cc.so.2. @throws Error before `loadTensorFlow` */
export function libraryFolder(): string {
  return loadedTensorFlow().library;
}

/** Sets the environment variables that TensorFlow reads when its library is loaded. */
function setEnvironment({ xla = false, device = 'auto', memoryGrowth = true, threads }: LoadOptions): void {
  const flags = process.env['TF_XLA_FLAGS'] ?? '';
  if (xla && !flags.includes('--tf_xla_cpu_global_jit')) {
    process.env['TF_XLA_FLAGS'] = `${flags} --tf_xla_cpu_global_jit`.trim();
  }
  // TensorFlow disables oneDNN on processors without AVX-512, where training is faster with it, too: docs/performance.md.
  if (process.arch === 'x64') process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  if (memoryGrowth) process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // TensorFlow starts the threads when the addon first computes, before a session could configure them.
  if (threads !== undefined) process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  if (device === 'cpu') process.env['CUDA_VISIBLE_DEVICES'] = '-1';
  if (device.startsWith('gpu:')) process.env['CUDA_VISIBLE_DEVICES'] = device.slice('gpu:'.length);
}

async function load(): Promise<Loaded> {
  const installation = await ensureInstallation();
  checkLibraries(installation);
  link(installation.addon, join(packageFolder(TFJS), 'lib', 'napi-v8', ADDON));
  restoreUtil();
  const level = (process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2');
  // TensorFlow's log is shown if a lower level is set.
  const gpu = Number(level) < 2 ? start() : silently(start);
  // After the backend's package, which registers those of TensorFlow.js.
  registerGradients();
  if (installation.variant === 'cuda' && !gpu && process.env['CUDA_VISIBLE_DEVICES'] !== '-1') {
    process.stderr.write('TensorFlow sees no GPU and computes on the CPU. Check the installation: exp doctor\n');
  }
  return { ...installation, gpu, kernels: gpu ? undefined : await ensureKernels(installation) };
}

/** Loads the backend and computes with it, since TensorFlow prints some messages only then. @returns whether it uses a GPU */
function start(): boolean {
  const tf = createRequire(__filename)(TFJS) as typeof TensorFlow;
  tf.tidy(() => tf.add(1, 1).dataSync());
  const { binding } = tf.backend() as unknown as { binding: TFJSBinding };
  return binding.isUsingGpuDevice();
}

/** Links the addon to the path where the npm package looks for it. */
function link(addon: string, path: string): void {
  const existing = lstatSync(path, { throwIfNoEntry: false });
  if (existing?.isSymbolicLink() && readlinkSync(path) === addon) return;
  const temporary = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(addon, temporary);
    renameSync(temporary, path);
  } catch (error) {
    throw new UserError(`The addon cannot be linked into ${dirname(path)}: ${messageOf(error)}`, {
      hints: ['Make that folder writable and run the command again.'],
    });
  }
}

/** Restores two functions of Node's `util` that tfjs-node calls: they are deprecated since Node 22, and one was removed in Node 23. */
function restoreUtil(): void {
  const util = createRequire(__filename)('node:util') as object;
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  });
}
