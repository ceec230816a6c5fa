// Runs TypeScript as it is written: each file is compiled when it is first required, and what that gives is kept.
const { accessSync, constants, readFileSync } = require('node:fs');
const Module = require('node:module');
const { tmpdir } = require('node:os');
const { join, sep } = require('node:path');
const { version } = require('@swc/core/package.json');
const { kept, keptFolder } = require('./kept-files');
const { lazyImports } = require('./lazy-imports');
require('./resolution');

// What tsconfig.json says.
const OPTIONS = {
  swcrc: false,
  isModule: true,
  // The annotation lists the exports for programs that are ES modules, which import them by name.
  module: { type: 'commonjs', exportInteropAnnotation: true },
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, useDefineForClassFields: true },
    keepClassNames: true,
    experimental: { keepImportAttributes: true },
  },
};
/** All that compiled code depends on, except its source. */
const COMPILER = [
  version,
  JSON.stringify(OPTIONS),
  ...['lazy-imports', 'abstract-methods'].map((name) => readFileSync(join(__dirname, `${name}.js`), 'utf8')),
];

const compiled = (code, filename) => kept([...COMPILER, filename, code], '.js', () => compile(code, filename));

exports.compile = compile;
function compile(code, filename) {
  const module = { ...OPTIONS.module, lazy: lazyImports(code, filename) };
  // Loaded where it is needed: that takes as long as reading all that is kept.
  const { code: javaScript } = require('@swc/core').transformSync(code, { ...OPTIONS, module, filename });
  return javaScript + require('./abstract-methods').recordAbstractMethods(code);
}

// Where the home directory cannot be written, the compiler's native part is unpacked in the folder for temporary files.
try {
  accessSync(tmpdir(), constants.W_OK);
} catch {
  delete process.env.TMPDIR;
}

// Node 22 can keep what its own compiler makes of JavaScript, that of packages too.
if (keptFolder !== undefined) Module.enableCompileCache?.(join(keptFolder, 'node'));

exports.compiledFile = compiledFile;
function compiledFile(filename) {
  return compiled(readFileSync(filename, 'utf8'), filename);
}

Module._extensions['.ts'] = (module, filename) => module._compile(compiledFile(filename), filename);

/** A plugin may be JavaScript with imports, which Node's loader would have be a module of its own kind. */
const IMPORTS = /(?:^|\n)\s*(?:import|export)\s|\bimport\.meta\b/;
const loadJavaScript = Module._extensions['.js'];
Module._extensions['.js'] = (module, filename) => {
  if (filename.includes(`${sep}node_modules${sep}`)) return loadJavaScript(module, filename);
  const code = readFileSync(filename, 'utf8');
  if (!IMPORTS.test(code)) return loadJavaScript(module, filename);
  module._compile(compiled(code, filename), filename);
};
