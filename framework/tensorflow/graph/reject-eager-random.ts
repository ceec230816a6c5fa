import { UserError } from '../../errors';

/** What TensorFlow.js draws in JavaScript: traced, its numbers would be the same at each step. */
const DRAWING = /^(randomNormal|randomUniform|randomGamma|randomStandardNormal|truncatedNormal|multinomial|dropout)_?$/;

/** @throws UserError where numbers are being made by a function of TensorFlow.js that draws */
export function rejectEagerRandom(): void {
  const drawing = callers().filter(
    ({ name, file }) => file.includes('/node_modules/@tensorflow/') && DRAWING.test(name),
  );
  // The outermost: tf.dropout draws by tf.randomUniform.
  const last = drawing.at(-1);
  if (last) throw frozen(`tf.${last.name.replace(/_$/, '')}`);
}

/** Refuses Math.random while a step is traced. @returns puts it back */
export function refuseMathRandom(): () => void {
  const own = Object.getOwnPropertyDescriptor(Math, 'random') ?? {};
  const draw = own.value as () => number;
  const refuse = (): number => {
    // Stack traces are mapped to their sources by a library that sorts with random pivots.
    if (callers().some(({ file }) => file.includes('/node_modules/source-map/'))) return draw();
    throw frozen('Math.random');
  };
  Object.defineProperty(Math, 'random', { ...own, value: refuse });
  return () => Object.defineProperty(Math, 'random', own);
}

function frozen(what: string): UserError {
  return new UserError(
    `${what} was called while a step was traced: it draws in JavaScript, so every step would get the same numbers.`,
    {
      hints: ['Draw from the Random that the code is given: random.stream(name).normal(shape).'],
    },
  );
}

/** The functions that are being called, the innermost first; not mapped to their sources, which would take long. */
function callers(): { name: string; file: string }[] {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- only put back
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 40;
    Error.prepareStackTrace = (_, sites) =>
      sites.map((site) => ({ name: site.getFunctionName() ?? '', file: site.getFileName() ?? '' }));
    return new Error().stack as unknown as { name: string; file: string }[];
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
}
