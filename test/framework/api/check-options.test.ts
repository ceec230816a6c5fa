import { loadRun, resume, run, runs, sweep } from 'explab';
import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { rejection } from '../../support/rejection';

/** Functions as programs in JavaScript call them. */
type Loose = (...args: unknown[]) => Promise<unknown>;

const RUN = 'expected the ID, name or folder of a run, or "latest"';
const SETTINGS = 'expected an object of settings, such as { epochs: 3 }';
const SIGNAL = 'expected an AbortSignal, such as the signal of an AbortController';

const CASES: [what: string, called: unknown, args: unknown[], message: string][] = [
  ['no experiment', run, [], 'run: experiment: expected the name or the class of an experiment, got undefined.'],
  ['a text for settings', run, ['regress', 'epochs=3'], `run: settings: ${SETTINGS}, got "epochs=3".`],
  ['a list for settings', sweep, ['regress', []], `sweep: settings: ${SETTINGS}, got Array.`],
  ['a text for options', runs, ['latest'], 'runs: expected an object, got "latest".'],
  ['no run', loadRun, [], `loadRun: run: ${RUN}, got undefined.`],
  ['an empty name of a run', resume, [''], `resume: run: ${RUN}, got "".`],
  [
    'a controller for a signal',
    run,
    ['regress', {}, { signal: new AbortController() }],
    `run: signal: ${SIGNAL}, got AbortController.`,
  ],
  [
    'a monitor that takes no text',
    runs,
    [{ monitor: {} }],
    'runs: monitor: expected an object with a function write(text), such as process.stderr, got Object.',
  ],
  [
    'a text for a list of conditions',
    runs,
    [{ where: 'a' }],
    'runs: where: expected a list of conditions, such as ["optimizer=Adam", "loss<0.1"], got "a".',
  ],
  [
    'no condition',
    runs,
    [{ where: ['a<1', 'a'] }],
    'runs: where[1]: expected a condition, such as "loss<0.1", got "a".',
  ],
  ['a limit below zero', runs, [{ limit: -1 }], 'runs: limit: expected an integer of at least 0, got -1.'],
  [
    'an ID that is no name of a folder',
    run,
    ['regress', {}, { id: 'a/b' }],
    'run: id: expected 1 to 100 letters, digits, ".", "_" and "-", and no reserved name, got "a/b".',
  ],
];

describe('a function of the API', () => {
  for (const [what, called, args, message] of CASES)
    it(`names the argument or option if it is called with ${what}`, async () => {
      const error = await rejection((called as Loose)(...args));
      expect(error).to.be.instanceOf(UserError).with.property('message', message);
    });
});
