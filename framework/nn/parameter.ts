import type { Variable } from '../tensorflow/variable';
import type { Initializer } from './initializers';
import { ModuleVariable } from './module-variable';

/** Axis order of a tensor in a file, as a permutation of the axes in memory; undefined if they agree. */
export type FileLayout = readonly number[] | undefined;

/** Trainable variable. */
export class Parameter extends ModuleVariable {
  protected readonly kind = 'parameter';
  /** Source of the value during `withValues`. */
  private override: Variable | undefined;

  /**
   * @param shape as TensorFlow's ops take it
   * @param initializer draws its initial value
   * @param layout PyTorch's axis order
   */
  constructor(
    shape: readonly number[],
    initializer: Initializer,
    readonly layout?: FileLayout,
  ) {
    super(shape, initializer);
  }

  /** float32 of `shape`, borrowed. */
  override get value() {
    return (this.override ?? this.state).value;
  }

  /** Takes its value from another variable, or from its own if undefined. @returns the previous override */
  useVariable(variable: Variable | undefined): Variable | undefined {
    const before = this.override;
    this.override = variable;
    return before;
  }
}

/** Runs code with parameters replaced by other variables. @param code synchronous */
export function withValues<T>(values: ReadonlyMap<Parameter, Variable>, code: () => T): T {
  const before = [...values].map(([parameter, variable]) => [parameter, parameter.useVariable(variable)] as const);
  try {
    return code();
  } finally {
    for (const [parameter, variable] of before) parameter.useVariable(variable);
  }
}
