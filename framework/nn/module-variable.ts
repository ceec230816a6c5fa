import { UserError } from '../errors';
import type { Random } from '../random/random';
import { Variable } from '../tensorflow/variable';
import type { Initializer } from './initializers';

/** A variable of a module, named by the path of properties to it, as in PyTorch. */
export abstract class ModuleVariable {
  /** What it is called in errors. */
  protected abstract readonly kind: string;
  private variable: Variable | undefined;

  /**
   * @param shape as TensorFlow's ops take it
   * @param initializer draws its initial value
   */
  constructor(
    readonly shape: readonly number[],
    private readonly initializer: Initializer,
  ) {}

  /** Names the variable and draws its initial value from the stream of that name. */
  initialize(name: string, random: Random): void {
    this.variable ??= new Variable(name, this.shape);
    this.variable.initialize(() => this.initializer(this.shape, random.stream(name)));
  }

  /** @throws UserError before `initialize` */
  get state(): Variable {
    if (!this.variable) throw notInitialized(this.kind, this.shape);
    return this.variable;
  }

  /** float32 of `shape`, borrowed. */
  get value() {
    return this.state.value;
  }

  get name(): string {
    return this.state.name;
  }

  /** Frees the tensor, if any. */
  dispose(): void {
    this.variable?.dispose();
  }
}

function notInitialized(kind: string, shape: readonly number[]): UserError {
  return new UserError(`A ${kind} of shape [${shape.join()}] was used before its module was initialized.`, {
    hints: [
      `A module finds ${kind}s and modules in its properties, and in arrays, maps, sets and plain objects there, but not in #private fields.`,
    ],
  });
}
