import { named } from '../tensorflow/named';

type Method = (...values: unknown[]) => unknown;

/**
 * Names the graph operations of an object's methods after it, so that a graph shows the structure of the code.
 * @param top class whose own and inherited methods are not wrapped
 */
export function nameOperations<T extends object>(object: T, name: string, top: { prototype: T }): void {
  for (const [property, method] of methodsOf(object, top.prototype)) {
    const value = (...values: unknown[]) => named(name, () => method.apply(object, values));
    Object.defineProperty(object, property, { value, configurable: true, writable: true });
  }
}

/** Methods below `top`; an overridden one once. */
function methodsOf(object: object, top: object): Map<string, Method> {
  const methods = new Map<string, Method>();
  let prototype = Object.getPrototypeOf(object) as object;
  while (prototype !== top) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const isMethod = typeof value === 'function' && name !== 'constructor';
      if (isMethod && !methods.has(name)) methods.set(name, value as Method);
    }
    prototype = Object.getPrototypeOf(prototype) as object;
  }
  return methods;
}
