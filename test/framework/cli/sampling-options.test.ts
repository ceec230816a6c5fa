import { expect } from 'chai';
import yargs from 'yargs';
import {
  type SamplingArguments,
  samplingOverrides,
  withSamplingOptions,
} from '../../../framework/cli/options/sampling';

describe('The arguments of a sampling command', () => {
  const parse = (...argv: string[]): string[] => {
    const args = yargs(['draw', 'latest', ...argv])
      .parserConfiguration({ 'parse-positional-numbers': false })
      .command('draw <run> [settings..]', 'Draw', withSamplingOptions);
    return samplingOverrides(args.exitProcess(false).parseSync() as unknown as SamplingArguments);
  };

  it('include every undeclared option, as a setting', () => {
    const argv = parse('--sampler', 'DDIM', '--steps', '50', '--raw', '--class', '3', '--guidance', '1.5');
    expect(argv).to.deep.equal(['--sampler=DDIM', '--steps=50', '--class=3', '--guidance=1.5', 'ema=0']);
  });

  it("leave the run's settings by default", () => {
    expect(parse('sampler.eta=0.5')).to.deep.equal(['sampler.eta=0.5']);
  });
});
