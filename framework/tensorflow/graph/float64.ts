import { type Output, DataType } from './c-api';
import { Graph, attribute } from './graph';
import { contents, deleteTensors, nativeTensor } from './native-tensor';
import { Session } from './session';

/** A matrix. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** rows × columns elements in row-major order. */
  readonly numbers: Float32Array | Float64Array;
}

const DOUBLE = attribute.type('T', DataType.float64);

/** TensorFlow's operations on float64 matrices, which TensorFlow.js only has for float32. */
export class Float64 {
  constructor(private readonly graph: Graph) {}

  scalar(number: number): Output {
    return this.graph.constant(DataType.float64, [], Float64Array.of(number));
  }

  add = (a: Output, b: Output): Output => this.operation('AddV2', [a, b]);
  subtract = (a: Output, b: Output): Output => this.operation('Sub', [a, b]);
  multiply = (a: Output, b: Output): Output => this.operation('Mul', [a, b]);
  divide = (a: Output, b: Output): Output => this.operation('RealDiv', [a, b]);
  square = (a: Output): Output => this.operation('Square', [a]);
  /** √max(x, 0): negative values are rounding errors. */
  squareRoot = (a: Output): Output => this.operation('Sqrt', [this.operation('Maximum', [a, this.scalar(0)])]);

  /** @param transposed factor to transpose */
  product(a: Output, b: Output, transposed: 'none' | 'first' | 'second' = 'none'): Output {
    const setters = [
      attribute.bool('transpose_a', transposed === 'first'),
      attribute.bool('transpose_b', transposed === 'second'),
    ];
    return this.operation('MatMul', [a, b], setters);
  }

  /** @param axes all axes by default */
  sum = (a: Output, axes?: readonly number[]): Output => this.reduce('Sum', a, axes);
  mean = (a: Output, axes?: readonly number[]): Output => this.reduce('Mean', a, axes);

  /** The sum of the diagonal. */
  trace(a: Output): Output {
    return this.sum(this.operation('MatrixDiagPart', [a]));
  }

  /** Eigenvalues and eigenvectors (as columns) of a symmetric matrix. */
  eigen(a: Output): { values: Output; vectors: Output } {
    const operation = this.graph.add('SelfAdjointEigV2', [a], [attribute.bool('compute_v', true), DOUBLE]);
    return { values: this.graph.output(operation, 0), vectors: this.graph.output(operation, 1) };
  }

  /** Only the eigenvalues of a symmetric matrix, in a fraction of the time. */
  eigenvalues(a: Output): Output {
    return this.operation('SelfAdjointEigV2', [a], [attribute.bool('compute_v', false)]);
  }

  private operation(type: string, inputs: readonly Output[], setters: Parameters<Graph['add']>[2] = []): Output {
    return this.graph.output(this.graph.add(type, inputs, [DOUBLE, ...setters]));
  }

  private reduce(type: string, a: Output, axes?: readonly number[]): Output {
    const { graph } = this;
    const all = axes ?? graph.infer(a).shape.map((_, axis) => axis);
    const list = graph.constant(DataType.int32, [all.length], Int32Array.from(all));
    return this.operation(
      type,
      [a, list],
      [attribute.type('Tidx', DataType.int32), attribute.bool('keep_dims', false)],
    );
  }
}

/**
 * A computation with float64 matrices. TensorFlow must be loaded.
 *
 *     const sum = new Float64Program([[1000, 64]], (math, x) => math.sum(x));
 */
export class Float64Program {
  private readonly graph = new Graph();
  private readonly session = new Session(this.graph);
  private readonly inputs: readonly Output[];
  private readonly result: Output;

  /**
   * @param shapes shapes of the input matrices
   * @param build builds the graph; called once
   */
  constructor(shapes: readonly (readonly [rows: number, columns: number])[], build: Build) {
    this.inputs = shapes.map((shape) => this.graph.placeholder(DataType.float64, shape));
    this.result = build(new Float64(this.graph), ...this.inputs);
  }

  /** Runs the computation off the main thread. */
  async run(...matrices: Matrix[]): Promise<Float64Array> {
    const values = matrices.map(({ rows, columns, numbers }) =>
      nativeTensor(DataType.float64, [rows, columns], Float64Array.from(numbers)),
    );
    try {
      const fetched = await this.session.run(this.inputs, values, [this.result], []);
      const [numbers] = fetched.map((tensor) => contents(tensor).numbers as Float64Array);
      deleteTensors(fetched);
      return numbers ?? new Float64Array();
    } finally {
      deleteTensors(values);
    }
  }

  close(): void {
    this.session.dispose();
    this.graph.dispose();
  }
}

/** Builds the graph of a computation from its inputs. */
type Build = (math: Float64, ...inputs: Output[]) => Output;

/** Runs a float64 computation once. */
export async function inFloat64(matrices: readonly Matrix[], build: Build): Promise<Float64Array> {
  const program = new Float64Program(
    matrices.map(({ rows, columns }) => [rows, columns]),
    build,
  );
  try {
    return await program.run(...matrices);
  } finally {
    program.close();
  }
}
