import type { Class } from '../declare/declare';

/** A class and its base classes, from derived to base. */
export function lineageOf(type: Class): Class[] {
  const base = Object.getPrototypeOf(type) as Class | null;
  return base && base !== Function.prototype ? [type, ...lineageOf(base)] : [type];
}
