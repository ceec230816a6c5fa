import { UserError } from '../errors';
import { setNativeBackend } from './backend';
import { registerGradients } from './gradients/register';
import { checkLibraries, ensureInstallation, type Installation } from './install/installation';
import { ensureKernels } from './install/kernels';
import { silently } from './install/silence';
import { nativeBackend } from './operation';
import * as tf from './tf';
import { commandName } from '../util/command-name';

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
      hints: [`Check the installation: ${commandName()} doctor`],
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
  const level = (process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2');
  // TensorFlow's log is shown if a lower level is set.
  const gpu = Number(level) < 2 ? start(installation.addon) : silently(() => start(installation.addon));
  // After the backend's package, which registers those of TensorFlow.js.
  registerGradients();
  if (installation.variant === 'cuda' && !gpu && process.env['CUDA_VISIBLE_DEVICES'] !== '-1') {
    process.stderr.write(
      `TensorFlow sees no GPU and computes on the CPU. Check the installation: ${commandName()} doctor\n`,
    );
  }
  return { ...installation, gpu, kernels: gpu ? undefined : await ensureKernels(installation) };
}

/** Sets the backend and computes with it, since TensorFlow prints some messages only then. @returns whether it uses a GPU */
function start(addon: string): boolean {
  setNativeBackend(addon);
  tf.tidy(() => tf.add(1, 1).dataSync());
  return nativeBackend().binding.isUsingGpuDevice();
}
