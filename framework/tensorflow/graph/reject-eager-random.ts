import { UserError } from '../../errors';

/** Random functions of TensorFlow.js in JavaScript: in a trace, their numbers would be the same at every step. */
const RANDOM_FUNCTION =
  /^(randomNormal|randomUniform|randomGamma|randomStandardNormal|truncatedNormal|multinomial|dropout)_?$/;

/** A file of TensorFlow.js, or of its bundle in a built package. */
const TFJS_FILE = /\/node_modules\/@tensorflow\/|\/third_party\/tfjs\b/;

/** @throws UserError if called within a random function of TensorFlow.js */
export function rejectEagerRandom(): void {
  const randomCallers = callers().filter(({ name, file }) => TFJS_FILE.test(file) && RANDOM_FUNCTION.test(name));
  // The outermost: tf.dropout calls tf.randomUniform.
  const outermost = randomCallers.at(-1);
  if (outermost) throw constantRandom(`tf.${outermost.name.replace(/_$/, '')}`);
}

/** Makes Math.random throw while a step is traced. @returns a function that restores it */
export function rejectMathRandom(): () => void {
  const original = Object.getOwnPropertyDescriptor(Math, 'random') ?? {};
  const draw = original.value as () => number;
  const reject = (): number => {
    // Stack traces are mapped to their sources by a library that sorts with random pivots.
    if (callers().some(({ file }) => file.includes('/node_modules/source-map/'))) return draw();
    throw constantRandom('Math.random');
  };
  Object.defineProperty(Math, 'random', { ...original, value: reject });
  return () => Object.defineProperty(Math, 'random', original);
}

function constantRandom(name: string): UserError {
  return new UserError(
    `${name} was called while a step was traced: it runs in JavaScript, so every step would get the same numbers.`,
    {
      hints: ['Use the Random that the code receives: random.stream(name).normal(shape).'],
    },
  );
}

/** Functions on the call stack, innermost first; not source-mapped, which would be slow. */
function callers(): { name: string; file: string }[] {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- only restored
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
