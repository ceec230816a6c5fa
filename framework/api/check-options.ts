import * as v from 'valibot';
import { ExitCode, UserError } from '../errors';
import { typeNameOf } from '../kinds/contract';
import { didYouMean } from '../util/nearest';

/** A schema for each field of an interface. The message of a schema is what it expects. */
export type Schemas<T> = { readonly [Name in keyof T]-?: v.GenericSchema };

/** @throws UserError naming an argument of a function that is of a wrong type */
export function checkArguments(called: string, args: object, schemas: v.ObjectEntries): void {
  check(called, args, v.object(schemas));
}

/** @throws UserError naming an option that a function does not have, or that is of a wrong type */
export function checkOptions(called: string, options: object, schemas: v.ObjectEntries): void {
  const names = Object.keys(schemas);
  // Programs in JavaScript may pass anything.
  if (typeof options !== 'object' || (options as object | null) === null) throw wrong(called, 'an object', options);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  check(called, options, v.object(schemas));
  if (unknown === undefined) return;
  throw new UserError(`${called}: unknown option "${unknown}".`, {
    hints: [didYouMean(unknown, names, 'Options')],
    exitCode: ExitCode.usage,
  });
}

function check(called: string, input: object, schema: v.GenericSchema): void {
  const { issues: [issue] = [] } = v.safeParse(schema, input, { abortEarly: true });
  if (!issue) return;
  const path = v.getDotPath(issue)?.replaceAll(/\.(\d+)/g, '[$1]') ?? '';
  throw wrong(`${called}: ${path}`, issue.message, issue.input);
}

function wrong(subject: string, expected: string, got: unknown): UserError {
  const isPlain = ['string', 'number', 'boolean'].includes(typeof got);
  const actual = typeof got === 'string' ? JSON.stringify(got) : isPlain ? String(got) : typeNameOf(got);
  return new UserError(`${subject}: expected ${expected}, got ${actual}.`, { exitCode: ExitCode.usage });
}
