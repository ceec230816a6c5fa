import { expect } from 'chai';
import { printEvaluation } from '../../../framework/cli/output/print-evaluations';

describe('The printed evaluation', () => {
  it('aligns its numbers, however long their names are', () => {
    const { log } = console;
    const lines: string[] = [];
    console.log = (line: string) => void lines.push(line);
    try {
      const numbers = { 'valid/loss': 3.1, 'valid/perplexity': 22.2 };
      printEvaluation({ at: '2026-11-28T12:00:00.000Z', step: 7, seed: 1, seconds: 2, settings: {}, numbers });
    } finally {
      console.log = log;
    }
    expect(lines).to.deep.equal(['valid/loss       3.1', 'valid/perplexity 22.2', 'step 7, in 2.0 s']);
  });
});
