/** The functions of a test runner that conformance suites call: those of mocha, vitest and node:test. */
export interface TestRunner {
  readonly describe: (name: string, suite: () => void) => unknown;
  readonly it: (name: string, test: () => void | Promise<void>) => unknown;
  readonly beforeEach: (hook: () => void) => unknown;
  readonly afterEach: (hook: () => void) => unknown;
}

/** The runner whose functions are global, as those of mocha are; otherwise node:test. */
export function currentRunner(): TestRunner {
  const globals = globalThis as Partial<TestRunner>;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- importing it makes this process report its tests
  return isRunner(globals) ? globals : (require('node:test') as TestRunner);
}

function isRunner(candidate: Partial<TestRunner>): candidate is TestRunner {
  const { describe, it, beforeEach, afterEach } = candidate;
  return [describe, it, beforeEach, afterEach].every((each) => typeof each === 'function');
}
