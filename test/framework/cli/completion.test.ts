import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { SCRIPTS } from '../../../framework/cli/completion';
import { exp } from '../../support/exp';

const ROOT = join(__dirname, '../../..');

/** Completes its argument as bash does a line whose end the cursor is at, and prints what it proposes. */
const HARNESS = `
${SCRIPTS.bash}
COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
COMP_LINE="$1" COMP_POINT=\${#1}
_exp_completions
printf '%s\\n' "\${COMPREPLY[@]}"
`;

/** What bash proposes for a line. */
function proposals(line: string): string[] {
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', HARNESS, 'bash', line], {
    cwd: ROOT,
    env: { ...process.env, EXPLAB_RUNS: '/nowhere' },
    encoding: 'utf8',
  });
  // Bash tells that there is no terminal whose cursor could stay where it is.
  expect(stderr.replaceAll(/.*compopt.*\n/g, '')).to.equal('');
  return stdout.split('\n').filter(Boolean);
}

describe('completion in bash', () => {
  it('proposes commands and their options', () => {
    expect(proposals('exp re')).to.deep.equal(['resume', 'rerun', 'record-recipe']);
    expect(proposals('exp run --dr')).to.deep.equal(['--dry-run']);
    expect(proposals('exp explain --format y')).to.deep.equal(['yaml']);
  });

  it('proposes experiments, runs, and kinds to list', () => {
    expect(proposals('exp run dif')).to.deep.equal(['diffuse']);
    expect(proposals('exp resume la')).to.deep.equal(['latest']);
    expect(proposals('exp runs sh')).to.deep.equal(['show']);
    expect(proposals('exp runs compare latest la')).to.deep.equal(['latest']);
    expect(proposals('exp runs restore la')).to.deep.equal(['latest']);
    expect(proposals('exp list CelebA')).to.deep.equal(['CelebA']);
    expect(proposals('exp sweep sh')).to.deep.equal(['show']);
    expect(proposals('exp sweep classify learn')).to.deep.equal(['learningRate=']);
    expect(proposals('exp import-weights model.safetensors dif')).to.deep.equal(['diffuse']);
    expect(proposals('exp import-weights model.safetensors diffuse learn')).to.deep.equal(['learningRate=']);
  });

  it('proposes the keys of settings, including those of the chosen option', () => {
    expect(proposals('exp run diffuse learn')).to.deep.equal(['learningRate=']);
    expect(proposals('exp run diffuse --set dataset=CelebA dataset.br')).to.deep.equal(['dataset.broken=']);
    expect(proposals('exp run diffuse dataset.br')).to.deep.equal([]);
    expect(proposals('exp run diffuse --dry-run dataset=Wrong imageS')).to.deep.equal(['imageSize=']);
  });

  it('proposes the names of options and other values, without the text before the equals sign', () => {
    expect(proposals('exp explain diffuse dataset=C')).to.deep.equal(['CelebA']);
    expect(proposals('exp run diffuse dataset=CelebA dataset.broken=')).to.deep.equal(['error', 'skip']);
    expect(proposals('exp run diffuse preset=')).to.include.members(['none', 'paper', 'smoke']);
    expect(proposals('exp run diffuse trackers=[Screen,J')).to.deep.equal(['[Screen,JSONL']);
    expect(proposals('exp run diffuse ~trackers=S')).to.deep.equal(['Screen']);
  });

  it('proposes nothing for an unknown position, so that bash completes file names', () => {
    expect(proposals('exp run nothing da')).to.deep.equal([]);
    expect(proposals('exp run diffuse --config ')).to.deep.equal([]);
    expect(proposals('exp import-weights mo')).to.deep.equal([]);
    expect(SCRIPTS.bash).to.contain('complete -o default');
  });
});

describe('exp completion', () => {
  it('prints the script for the given shell', async () => {
    expect((await exp(['completion', 'bash'])).stdout).to.contain(SCRIPTS.bash);
    expect((await exp(['completion', 'zsh'])).stdout).to.match(/^#compdef exp\n/);
  });
});
