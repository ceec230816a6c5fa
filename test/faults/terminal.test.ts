import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { PlainDisplay } from '../../framework/monitor/plain-display';
import { Monitor } from '../../framework/monitor/monitor';
import { LogFile } from '../../framework/run/log-file';
import { command } from '../support/cli';
import { exp } from '../support/exp';
import { makeRun } from '../support/runs';
import { temporaryFolder } from '../support/temporary';

/** Sets a title, clears the screen, and turns text around; by C0, by C1 and by marks of Unicode. */
const EVIL = 'x\x1b]0;title\x07\x1b[2J\x9b2J\x7f\u202ey\u2066';
// eslint-disable-next-line no-control-regex -- Control characters are what this is about.
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

describe('text that could control the terminal', () => {
  const root = temporaryFolder();

  /** A run whose files are somebody else's. */
  function evilRun(id: string): void {
    const folder = makeRun(root(), {
      id,
      record: { status: 'failed', error: EVIL, command: [EVIL], versions: { [EVIL]: EVIL } } as object,
      settings: { [EVIL]: EVIL, dataset: id },
      points: [1, 2, 3].map((step) => ({ step, loss: step, [EVIL]: step })),
    });
    const evaluation = {
      at: '2026-01-01T00:00:00Z',
      step: 1,
      images: 1,
      seed: 1,
      reference: 1,
      features: EVIL,
      width: 1,
      settings: { sampler: EVIL },
      numbers: { [EVIL]: 1 },
      seconds: 1,
    };
    writeFileSync(join(folder.path, 'evaluations.jsonl'), `${JSON.stringify(evaluation)}\n`);
    writeFileSync(folder.labels, JSON.stringify({ tags: [EVIL], note: EVIL }));
  }

  const cases: [what: string, args: string[]][] = [
    ['the list of runs', ['runs']],
    ['columns', ['runs', 'list', '--columns', 'id', 'note', 'tags', EVIL]],
    ['a run', ['runs', 'show', 'a']],
    ['a comparison', ['runs', 'compare', 'a', 'b']],
    ['a run that is not there', ['runs', 'show', EVIL]],
    ['an option', ['runs', `--${EVIL}`]],
    ['a command', [EVIL]],
    ['a setting', ['explain', 'diffuse', `${EVIL}=1`]],
    ['a value', ['explain', 'diffuse', `epochs=${EVIL}`]],
    ['an experiment', ['explain', EVIL]],
    ['a file', ['import-weights', join('/nonexistent', EVIL), 'diffuse']],
  ];
  for (const [what, args] of cases) {
    it(`is shown as escapes in ${what}`, async () => {
      evilRun('a');
      evilRun('b');
      const { out, err } = await command(args, root());
      expect(out + err).not.to.match(CONTROL);
      expect(out + err).to.match(/\\x1b|\\u001b/);
    });
  }

  it('is escaped in JSON, with the same value', async () => {
    evilRun('a');
    const { out } = await command(['runs', '--json'], root());
    expect(out).not.to.match(CONTROL);
    expect((JSON.parse(out) as { note: string }[])[0]?.note).to.equal(EVIL);
  });

  it('is shown as escapes if a plugin prints it or fails with it', async () => {
    mkdirSync(join(root(), 'plugins/evil'), { recursive: true });
    const text = JSON.stringify(EVIL);
    writeFileSync(
      join(root(), 'plugins/evil/index.ts'),
      `console.log(${text}); console.error('%s', ${text}); throw new Error(${text});`,
    );
    const { stdout, stderr } = await exp(['list'], { cwd: root(), runs: root() });
    expect(stdout + stderr).not.to.match(CONTROL);
    expect(stdout + stderr).to.include('x\\x1b]0;title\\x07');
  });

  it('is shown as escapes in progress, and in the log', () => {
    const stream = new PassThrough({ encoding: 'utf8' }) as unknown as NodeJS.WriteStream & PassThrough;
    const log = new LogFile(join(root(), 'log.txt'), [stream]);
    const monitor = new Monitor(new PlainDisplay(stream));
    monitor.log(EVIL);
    monitor.sectionSync(EVIL, () => undefined);
    stream.write(`raw ${EVIL}\n`);
    log.close();
    const [said] = String(stream.read()).split('raw');
    expect(said).not.to.match(CONTROL);
    expect(said).to.include('\\x1b');
    expect(readFileSync(join(root(), 'log.txt'), 'utf8')).not.to.match(CONTROL);
  });
});
