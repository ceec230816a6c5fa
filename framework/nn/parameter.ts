import { UserError } from '../errors';
import type { Random } from '../random/random';
import { Variable } from '../tensorflow/variable';
import type { Initializer } from './initializers';

/** Axis order of a tensor in a file, as a permutation of the axes in memory; undefined if they agree. */
export type FileLayout = readonly number[] | undefined;

/** Trainable variable, named by its module as in PyTorch. */
export class Parameter {
  private variable: Variable | undefined;
  /** Source of the value during `withValues`. */
  private override: Variable | undefined;

  /**
   * @param shape as TensorFlow's ops take it
   * @param initializer draws its initial value
   * @param layout PyTorch's axis order
   */
  constructor(
    readonly shape: readonly number[],
    private readonly initializer: Initializer,
    readonly layout?: FileLayout,
  ) {}

  /** Names the parameter and draws its initial value from the stream of that name. */
  initialize(name: string, random: Random): void {
    this.variable ??= new Variable(name, this.shape);
    this.variable.initialize(() => this.initializer(this.shape, random.stream(name)));
  }

  /** @throws UserError before `initialize` */
  get state(): Variable {
    if (!this.variable) throw notInitialized(this.shape);
    return this.variable;
  }

  /** float32 of `shape`, borrowed. */
  get value() {
    return (this.override ?? this.state).value;
  }

  get name(): string {
    return this.state.name;
  }

  /** Frees the tensor, if any. */
  dispose(): void {
    this.variable?.dispose();
  }

  /** Takes its value from another variable, or from its own if undefined. @returns the previous override */
  useVariable(variable: Variable | undefined): Variable | undefined {
    const before = this.override;
    this.override = variable;
    return before;
  }
}

function notInitialized(shape: readonly number[]): UserError {
  return new UserError(`A parameter of shape [${shape.join()}] was used before its module was initialized.`, {
    hints: [
      'A module finds parameters and modules in its properties, and in arrays, maps, sets and plain objects there, but not in #private fields.',
    ],
  });
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
