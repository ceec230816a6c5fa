// TypeScript erases abstract methods. What is compiled keeps their names on the class that declares them, so that a plugin which lacks one is
// told when it is registered.
const { parseSync } = require('@swc/core');

/** Key of the abstract methods of a class, with their parameters: `{ read: 'read(indices)' }`. */
const KEY = 'explab:abstract-methods';

/** Code that records the abstract methods of the classes in a TypeScript file; empty if there are none. */
exports.recordAbstractMethods = (code) => {
  if (!/\babstract\s+class\b/.test(code)) return '';
  const { body } = parseSync(code, { syntax: 'typescript', decorators: true });
  return body.map((node) => recordOf(node.declaration ?? node)).join('');
};

function recordOf({ type, identifier, body }) {
  if (type !== 'ClassDeclaration') return '';
  const methods = body.filter((member) => member.type === 'ClassMethod' && member.isAbstract && isPlain(member));
  if (methods.length === 0) return '';
  const forms = Object.fromEntries(methods.map(({ key, function: { params } }) => [key.value, formOf(key, params)]));
  return `\nObject.defineProperty(${identifier.value}, Symbol.for('${KEY}'), { value: ${JSON.stringify(forms)} });`;
}

/** Getters may be implemented as fields, which only an instance has. */
const isPlain = ({ kind, key }) => kind === 'method' && key.type === 'Identifier';

const formOf = ({ value }, params) => `${value}(${params.map(({ pat }) => pat.value ?? '...').join(', ')})`;
