import type { Random } from '../random/random';
import { Variable } from '../tensorflow/variable';
import type { Initializer } from './initializers';

/** The order of a tensor's axes in a file, as positions in the order used here; nothing where they agree. */
export type FileLayout = readonly number[] | undefined;

/** A variable that is trained. Its name is given by the module that it sits in, as PyTorch names it. */
export class Parameter {
  private variable: Variable | undefined;
  /** What gives the value while `withValues` lasts. */
  private override: Variable | undefined;

  /**
   * @param shape as TensorFlow's ops take it
   * @param initializer how its first value is drawn
   * @param layout how PyTorch orders its axes
   */
  constructor(
    readonly shape: readonly number[],
    private readonly initializer: Initializer,
    readonly layout?: FileLayout,
  ) {}

  /** Gives the parameter its name and first value, drawn from the stream of that name. */
  initialize(name: string, random: Random): void {
    this.variable ??= new Variable(name, this.shape);
    this.variable.initialize(() => this.initializer(this.shape, random.stream(name)));
  }

  /** @throws Error before `initialize` */
  get state(): Variable {
    if (!this.variable) throw new Error('a parameter was used before its module was initialized');
    return this.variable;
  }

  /** float32 of `shape`, borrowed. */
  get value() {
    return (this.override ?? this.state).value;
  }

  get name(): string {
    return this.state.name;
  }

  /** Frees the tensor, where there is one. */
  dispose(): void {
    this.variable?.dispose();
  }

  /** Takes its value from another variable, or from its own again. @returns what it took it from before */
  useVariable(variable: Variable | undefined): Variable | undefined {
    const before = this.override;
    this.override = variable;
    return before;
  }
}

/** Runs code in which parameters have the values of other variables. @param code must not wait for anything */
export function withValues<T>(values: ReadonlyMap<Parameter, Variable>, code: () => T): T {
  const before = [...values].map(([parameter, variable]) => [parameter, parameter.useVariable(variable)] as const);
  try {
    return code();
  } finally {
    for (const [parameter, variable] of before) parameter.useVariable(variable);
  }
}
