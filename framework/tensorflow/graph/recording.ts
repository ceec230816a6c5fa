import { createHash } from 'node:crypto';
import { UserError } from '../../errors';
import type { Inferred, Output, Pointer } from './c-api';

/** Scope of variables in every graph. Whether a trace adds operations to it depends on what else has been traced. */
const VARIABLES = 'variables/';
/** Size in bytes above which a message shows the hash of a value. */
const MAX_BYTES = 64;

/** Name and value of an attribute. */
interface NamedValue {
  readonly name: string;
  readonly value: unknown;
}

/** An operation of the first trace. */
interface Entry {
  readonly name: string;
  readonly operation: Pointer;
  readonly attributes: readonly NamedValue[];
  readonly inputs: readonly Output[];
  /** Shapes and types of its outputs, as far as they have been inferred. */
  readonly inferred: Inferred[];
}

/**
 * Operations that the first trace of a step adds. The second trace gets the same operations again, so that nothing is added twice and
 * only the JavaScript part of the trace is repeated.
 */
export class Recording {
  private readonly entries: Entry[] = [];
  /** Index of the entry that made an operation. */
  private readonly indices = new Map<Pointer, number>();
  private replayed = 0;
  private mode: 'record' | 'replay' = 'record';

  get isReplay(): boolean {
    return this.mode === 'replay';
  }

  /** From here on, operations must be those recorded, in the same order. */
  replay(): void {
    this.mode = 'replay';
    this.indices.clear();
  }

  /**
   * @param add adds the operation
   * @throws UserError if it differs from the one recorded
   */
  operation(name: string, inputs: readonly Output[], attributes: readonly NamedValue[], add: () => Pointer): Pointer {
    if (isOfVariable(name)) return add();
    const index = this.isReplay ? this.replayed++ : this.entries.length;
    if (this.isReplay) this.rejectDifference(this.entries[index], name, inputs, attributes);
    else this.entries.push({ name, operation: add(), attributes: attributes.map(copyOf), inputs, inferred: [] });
    const { operation } = this.entries[index] as Entry;
    this.indices.set(operation, index);
    return operation;
  }

  /** @param infer infers the shape and type of the output */
  inferred(output: Output, infer: () => Inferred): Inferred {
    const index = this.indices.get(output.oper);
    if (index === undefined) return infer();
    const { inferred } = this.entries[index] as Entry;
    return (inferred[output.index] ??= infer());
  }

  /** @throws UserError if the second trace has fewer operations than the first */
  end(): void {
    const missing = this.entries[this.replayed];
    if (missing) throw differenceError(missing.name);
  }

  private rejectDifference(
    entry: Entry | undefined,
    name: string,
    inputs: readonly Output[],
    attributes: readonly NamedValue[],
  ): void {
    if (entry?.name !== name) throw differenceError(entry?.name, name);
    for (const [index, { value }] of attributes.entries()) {
      const before = entry.attributes[index];
      if (before && textOf(before.value) === textOf(value)) continue;
      throw differenceError(`${name} has ${before?.name} ${textOf(before?.value)}`, `${before?.name} ${textOf(value)}`);
    }
    for (const [index, input] of inputs.entries()) {
      const before = entry.inputs[index];
      if (before?.oper === input.oper && before.index === input.index) continue;
      throw differenceError(`${name} has input ${this.nameOf(before)}`, `input ${this.nameOf(input)}`);
    }
  }

  private nameOf(output: Output | undefined): string {
    const index = output && this.indices.get(output.oper);
    return index === undefined ? 'a variable' : `${this.entries[index]?.name}:${output?.index}`;
  }
}

/** Whether an operation belongs to a variable rather than to a step. */
export function isOfVariable(name: string): boolean {
  return name.startsWith(VARIABLES);
}

function copyOf({ name, value }: NamedValue): NamedValue {
  return { name, value: isTypedArray(value) ? value.slice() : value };
}

function textOf(value: unknown): string {
  if (!isTypedArray(value) || value.byteLength <= MAX_BYTES) return String(value);
  return `with hash ${createHash('sha1').update(value).digest('hex').slice(0, 8)}`;
}

function isTypedArray(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value);
}

function differenceError(before = 'no operation', after = 'no operation'): UserError {
  return new UserError(`A step gave two different graphs when it was traced twice: ${before}, then ${after}.`, {
    hints: [
      'It depends on JavaScript state, such as a counter, a clock or a random generator, which is read only while the step is traced.',
      'Pass the value as an input of the step, keep it in a Variable, or draw it from the `random` that the step receives.',
    ],
  });
}
