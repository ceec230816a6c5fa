// Runs TypeScript as it is written: each file is compiled when it is first required, and what that gives is kept. Whoever can write to the
// folder of compiled code can run code as this user, so it is private, or nothing is kept.
const { createHash } = require('node:crypto');
const { accessSync, constants, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { tmpdir } = require('node:os');
const { join, sep } = require('node:path');
const { version } = require('@swc/core/package.json');
const { cacheFolder } = require('./install/cache-folder');
const { isPrivateFolder } = require('./install/private-folder');
require('./resolution');

// What tsconfig.json says.
const OPTIONS = {
  swcrc: false,
  isModule: true,
  // Only help and lists read doc comments, and TypeScript takes as long to load as all the rest.
  // The annotation lists the exports for programs that are ES modules, which import them by name.
  module: { type: 'commonjs', lazy: ['typescript'], exportInteropAnnotation: true },
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, useDefineForClassFields: true },
    keepClassNames: true,
    experimental: { keepImportAttributes: true },
  },
};
const SALT = `${version}\0${JSON.stringify(OPTIONS)}\0`;

function chosenFolder() {
  try {
    return process.env.SWC_NODE_CACHE_DIR || join(cacheFolder(), 'compiled');
  } catch {
    // A user without a home directory.
    return undefined;
  }
}

const ifPrivate = (folder) => (folder !== undefined && isPrivateFolder(folder) ? folder : undefined);
const compiledFolder = ifPrivate(chosenFolder());

function compiled(code, filename) {
  if (compiledFolder === undefined) return compile(code, filename);
  const hash = createHash('sha256').update(SALT).update(filename).update('\0').update(code).digest('hex');
  const file = join(compiledFolder, `${hash.slice(0, 32)}.js`);
  return readKept(file) ?? keep(compile(code, filename), file);
}

exports.compile = compile;
function compile(code, filename) {
  // Loaded where it is needed: that takes as long as reading all that is kept.
  return require('@swc/core').transformSync(code, { ...OPTIONS, filename }).code;
}

function readKept(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Other processes read the file while this one writes it, so it appears whole. @returns the code */
function keep(code, file) {
  const part = `${file}.${process.pid}`;
  try {
    writeFileSync(part, code);
    renameSync(part, file);
  } catch {
    // A full disk, say. It is compiled again the next time.
    rmSync(part, { force: true });
  }
  return code;
}

// Where the home directory cannot be written, the compiler's native part is unpacked in the folder for temporary files.
try {
  accessSync(tmpdir(), constants.W_OK);
} catch {
  delete process.env.TMPDIR;
}

// Node 22 can keep what its own compiler makes of JavaScript, that of packages too.
if (compiledFolder !== undefined) Module.enableCompileCache?.(join(compiledFolder, 'node'));

Module._extensions['.ts'] = (module, filename) => {
  module._compile(compiled(readFileSync(filename, 'utf8'), filename), filename);
};

/** A plugin may be JavaScript with imports, which Node's loader would have be a module of its own kind. */
const IMPORTS = /(?:^|\n)\s*(?:import|export)\s|\bimport\.meta\b/;
const loadJavaScript = Module._extensions['.js'];
Module._extensions['.js'] = (module, filename) => {
  if (filename.includes(`${sep}node_modules${sep}`)) return loadJavaScript(module, filename);
  const code = readFileSync(filename, 'utf8');
  if (!IMPORTS.test(code)) return loadJavaScript(module, filename);
  module._compile(compiled(code, filename), filename);
};
