import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { GPT, GPTSettings } from '../../experiments/gpt/model';
import { UserError } from '../../framework/errors';
import { evaluateRun } from '../../framework/experiment/evaluation/evaluate-run';
import { resumeRun } from '../../framework/experiment/lifecycle/resume';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { sampleToFile } from '../../framework/experiment/sampling/sample-to-file';
import { crossEntropy } from '../../framework/nn/cross-entropy';
import type { RunFolder } from '../../framework/run/run-folder';
import * as tf from '../../framework/tensorflow/tf';
import torch from '../reference/torch-gpt.json';
import { largestError, numbersOf } from '../support/close';
import { ENGINES } from '../support/engines';
import { rejection } from '../support/rejection';
import { ingredientsOf, metricsOf } from '../support/run-options';
import { settingsOf } from '../support/settings';
import { temporaryFolder } from '../support/temporary';
import { withTensorFlow } from '../support/tensorflow';
import { fillWeights, torchNumbers } from '../support/weights';

const SMALL = ['trackers=[JSONL]', 'contextLength=8', 'model.layers=1', 'model.heads=2', 'model.width=16'];

describe('GPT', () => {
  withTensorFlow();

  for (const [way, engineOf] of Object.entries(ENGINES)) {
    it(`has PyTorch's logits, loss and gradients ${way}`, async () => {
      const sizes = { vocabulary: 5, contextLength: 4, layers: 2, heads: 2, width: 6 };
      const model = new GPT(settingsOf(GPTSettings, sizes));
      fillWeights(model, (_, [rows = 1, columns = 1], position) =>
        Float64Array.from({ length: rows * columns }, (_, i) => 0.5 * Math.sin(1.3 * i + position)),
      );
      const parameters = [...model.parameters()].map(([, parameter]) => parameter);
      const windows = Array.from({ length: 10 }, (_, i) => (7 * i) % 5);
      const tokensOf = (from: number) => [...windows.slice(from, from + 4), ...windows.slice(from + 5, from + 9)];
      const engine = engineOf();
      const program = engine.program('gpt', (tokens, labels) => {
        const logits = () => tf.reshape<tf.Rank.R2>(model.logits(tokens as tf.Tensor2D), [8, 5]);
        const loss = () => tf.mean<tf.Scalar>(crossEntropy(logits(), labels as tf.Tensor1D));
        const { value, grads } = tf.engine().gradients(
          loss,
          parameters.map(({ value }) => value),
        );
        return [logits(), value, ...grads];
      });
      const inputs = [tf.tensor2d(tokensOf(0), [2, 4], 'int32'), tf.tensor1d(tokensOf(1), 'int32')];
      const [logits, loss, ...gradients] = await program.run(...inputs);
      engine.close();
      expect(largestError(numbersOf(logits!), torch.logits)).to.be.below(5e-6);
      expect(numbersOf(loss!)[0]).to.be.closeTo(torch.loss, 1e-6);
      expect(gradients).to.have.length(torch.gradients.length);
      for (const [index, gradient] of gradients.entries())
        expect(largestError(torchNumbers(parameters[index]!, gradient), torch.gradients[index]!)).to.be.below(5e-6);
      model.dispose();
    });
  }
});

describe('gpt', () => {
  withTensorFlow();
  const runs = temporaryFolder();
  const optionsOf = (args: readonly string[]) => ingredientsOf('gpt', [...SMALL, ...args]);
  const train = async (...args: string[]) => (await startRun(optionsOf(args), runs())).folder;
  const weightsOf = ({ checkpoints }: RunFolder, step: number) =>
    ['model', 'optimizer'].map((part) => readFileSync(join(checkpoints, String(step), `${part}.safetensors`)));

  function writeText(name: string, text: string): string {
    mkdirSync(runs(), { recursive: true });
    writeFileSync(join(runs(), name), text);
    return join(runs(), name);
  }

  /** The texts sampled from the latest run. */
  async function sample(count: number, ...settings: string[]): Promise<string[]> {
    const { registry, monitor } = optionsOf([]);
    const out = join(runs(), 'samples.txt');
    await sampleToFile({ registry, monitor, runs: runs(), run: 'latest', seed: 1, settings, count, out, force: true });
    return readFileSync(out, 'utf8').replace(/\n$/, '').split('\n---------------\n');
  }

  it('learns a text, is evaluated, and continues a prompt without the text', async () => {
    const path = writeText('text.txt', 'abcdefgh'.repeat(100));
    const text = ['dataset=TextFiles', `dataset.path=${path}`];
    const folder = await train(...text, 'epochs=8', 'learningRate=0.01', 'sampleLength=12', 'ema=0.9');
    const last = metricsOf(folder).at(-1)!;
    expect(last['valid/loss']).to.be.below(0.5);
    expect(last['valid/perplexity']).to.be.closeTo(Math.exp(last['valid/loss']!), 1e-9);
    const { registry, monitor } = optionsOf([]);
    const request = { registry, monitor, runs: runs(), run: 'latest', seed: 1, settings: [] };
    const { evaluation } = await evaluateRun(request);
    expect(evaluation.numbers['valid/loss']).to.equal(last['valid/loss']);
    expect(readdirSync(folder.artifacts)).to.have.length(8);

    rmSync(path);
    // The prompt is shorter than a context, the result longer.
    expect(await sample(1, 'prompt=cd', 'temperature=0')).to.deep.equal(['cdefghabcdefgh']);
    expect(await sample(1, 'prompt=cd', 'topK=1')).to.deep.equal(['cdefghabcdefgh']);
    const two = await sample(2, 'temperature=3', 'sampleLength=40');
    const three = await sample(3, 'temperature=3', 'sampleLength=40');
    expect(three.slice(0, 2)).to.deep.equal(two);
    expect(new Set(three)).to.have.property('size', 3);
    expect(three.map(({ length }) => length)).to.deep.equal([40, 40, 40]);
    expect(await rejection(sample(1, 'prompt=aXb'))).to.match(/The prompt, line 1, column 2: the character "X"/);
    expect(await rejection(sample(1, 'prompt='))).to.match(/The prompt is empty/);
  });

  it('resumes to the same bits as an uninterrupted run', async () => {
    // A schedule over all steps would follow maxSteps.
    const args = [
      'model.dropout=0.2',
      'microBatches=2',
      'sampleLength=1',
      'heldOut=0.01',
      'schedule=Constant',
      'compile=false',
    ];
    const whole = await train(...args, 'maxSteps=6');
    const part = await train(...args, 'maxSteps=3');
    const ingredients = optionsOf([...args, 'maxSteps=6']);
    await resumeRun(ingredients, part, { changes: ingredients.overrides.slice(-1) });
    expect(weightsOf(part, 6)).to.deep.equal(weightsOf(whole, 6));
  });

  it('reports a text that is missing or too short, and heads that do not divide the width', async () => {
    const short = writeText('short.txt', 'To be, or not to be.');
    const mistakes: [string[], RegExp][] = [
      [['dataset=TextFiles', 'dataset.path=none.txt'], /There is no file or folder none\.txt/],
      [['dataset=TextFiles', `dataset.path=${short}`], /The held-out part of the text has 2 tokens.* at least 9/],
      [['model.heads=3'], /3 heads do not divide the width 16/],
    ];
    for (const [args, message] of mistakes) {
      const error = await rejection(train(...args));
      expect(error).to.be.instanceOf(UserError);
      expect(error).to.match(message);
    }
  });
});
