import { expect } from 'chai';
import yargs from 'yargs';
import { type MannerArguments, drawingWords, withManner } from '../../../framework/cli/options/sampling';

describe('What a command that draws can be told', () => {
  const parse = (...words: string[]): string[] => {
    const args = yargs(['draw', 'latest', ...words]).command('draw <run> [settings..]', 'Draw', withManner);
    return drawingWords(args.exitProcess(false).parseSync() as unknown as MannerArguments);
  };

  it('becomes settings in the place of the run’s', () => {
    const words = parse('--sampler', 'DDIM', '--steps', '50', '--raw', '--class', '3', '--guidance', '1.5');
    expect(words).to.deep.equal(['sampler=DDIM', 'sampler.steps=50', 'ema=0', 'class=3', 'guidance=1.5']);
  });

  it('leaves the run’s where nothing is said', () => {
    expect(parse('sampler.eta=0.5')).to.deep.equal(['sampler.eta=0.5']);
  });
});
