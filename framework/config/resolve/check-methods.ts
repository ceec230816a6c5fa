import { UserError } from '../../errors';
import { nearest } from '../../util/nearest';
import type { Class } from '../declare/declare';
import type { OptionMark } from '../declare/option';
import { lineageOf } from './lineage';

/** Key by which compiled code keeps the abstract methods of a class, with their parameters: framework/abstract-methods.js. */
const ABSTRACT_METHODS = Symbol.for('explab:abstract-methods');

/** @throws UserError naming the methods that a base class of an option declares abstract, and that the option lacks */
export function checkMethods({ kind, name }: OptionMark, type: Class): void {
  const lineage = lineageOf(type);
  const missing = lineage.flatMap(abstractMethods).filter(({ method }) => !hasMethod(lineage, method));
  if (missing.length === 0) return;
  const forms = missing.map(({ owner, form }) => `${form} of ${owner}`).join(' and ');
  throw new UserError(`The ${kind.name} "${name}" lacks ${forms}.`, {
    hints: missing.map(({ method, form }) => remedyFor(method, form, type)),
  });
}

interface AbstractMethod {
  readonly owner: string;
  readonly method: string;
  /** The method with its parameters: `read(indices)`. */
  readonly form: string;
}

function abstractMethods(type: Class): AbstractMethod[] {
  const own = Object.getOwnPropertyDescriptor(type, ABSTRACT_METHODS)?.value as Record<string, string> | undefined;
  return Object.entries(own ?? {}).map(([method, form]) => ({ owner: type.name, method, form }));
}

/** A method may be a field with a function: instances alone have it, but the code of the class names it. */
function hasMethod(lineage: readonly Class[], method: string): boolean {
  const assigned = new RegExp(`\\b${method}\\s*=[^=]`);
  return lineage.some((type) => method in type.prototype || assigned.test(String(type)));
}

function remedyFor(method: string, form: string, type: Class): string {
  const similar = nearest(method, Object.getOwnPropertyNames(type.prototype));
  return similar === undefined ? `Add ${form} to ${type.name}.` : `Rename ${type.name}.${similar} to ${method}.`;
}
