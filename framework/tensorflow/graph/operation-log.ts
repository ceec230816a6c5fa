import { createHash } from 'node:crypto';
import { UserError } from '../../errors';
import { type Output, call } from './c-api';

/** Scope of variables in every graph. The names in it depend on what else has been traced. */
const VARIABLES = 'variables/';
/** Size in bytes above which a hash represents a value. */
const MAX_BYTES = 64;

/** An operation, as compared. */
interface Entry {
  readonly name: string;
  /** Attributes and inputs. */
  readonly details: readonly string[];
}

/** The operations that code adds to a graph, in order. */
export class OperationLog {
  readonly entries: Entry[] = [];

  add(name: string, inputs: readonly Output[], attributes: readonly { name: string; value: unknown }[]): void {
    if (name.startsWith(VARIABLES)) return;
    const values = attributes.map(({ name, value }) => `${name} ${textOf(value)}`);
    this.entries.push({ name, details: [...values, ...inputs.map((input) => `input ${nameOf(input)}`)] });
  }
}

/** Runs code that adds operations to a graph. */
export function logged<T>(graph: { log: OperationLog | undefined }, code: () => T): [result: T, log: OperationLog] {
  const log = new OperationLog();
  graph.log = log;
  try {
    return [code(), log];
  } finally {
    graph.log = undefined;
  }
}

/** @throws UserError naming the first operation in which two traces of a step differ */
export function rejectDifference({ entries: first }: OperationLog, { entries: second }: OperationLog): void {
  for (let index = 0; index < Math.max(first.length, second.length); index++) {
    const [before, after] = [first[index], second[index]];
    if (before?.name !== after?.name) throw differenceError(before?.name, after?.name);
    const details = before?.details ?? [];
    const other = details.findIndex((detail, index) => detail !== after?.details[index]);
    if (other >= 0) throw differenceError(`${before?.name} has ${details[other]}`, after?.details[other]);
  }
}

function nameOf({ oper, index }: Output): string {
  const name = call<string>('TF_OperationName', oper);
  return name.startsWith(VARIABLES) ? VARIABLES : `${name}:${index}`;
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
