/** Build for CPUs or for NVIDIA GPUs. */
export type Variant = 'cpu' | 'cuda';

/** What differs between systems. macOS has not been tried: its names are those of TensorFlow's wheel and of the system's linker. */
export interface Platform {
  /** File names of TensorFlow's libraries in its wheels. */
  readonly libraries: readonly [cc: string, framework: string];
  /** Stands for the folder of a library in its search paths. */
  readonly origin: string;
  /** Builds of TensorFlow in its wheels. */
  readonly variants: readonly Variant[];
}

export function platformOf(system: NodeJS.Platform, arch: string): Platform {
  if (system === 'darwin') {
    return {
      libraries: ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'],
      origin: '@loader_path',
      variants: arch === 'arm64' ? ['cpu'] : [],
    };
  }
  const variants: Readonly<Record<string, readonly Variant[]>> = { x64: ['cpu', 'cuda'], arm64: ['cpu'] };
  return {
    libraries: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
    origin: '$ORIGIN',
    variants: system === 'linux' ? (variants[arch] ?? []) : [],
  };
}

/** This machine's. */
export const PLATFORM = platformOf(process.platform, process.arch);
