import { preset } from 'explab';
import { DiffuseSettings } from './settings';

/** Embedded digits, with a network that two cores train in minutes. */
export const digits = preset(
  DiffuseSettings,
  { dataset: 'Digits' },
  {
    imageSize: 8,
    'model.channels': 32,
    'model.multipliers': [1, 2],
    'model.attention': [false, true],
    'model.blocks': 1,
    'model.dropout': 0,
    learningRate: 1e-3,
    epochs: 160,
    sampleEvery: 40,
    'quality.features': 'DigitClassifier',
  },
);

/** Embedded digits, by preset name. Reference curves are in recipes/. */
export const digitsRecipe = preset(DiffuseSettings, 'digits', { dataset: 'Digits' });

/** MNIST at its native size. */
export const mnist = preset(DiffuseSettings, 'mnist', {
  dataset: 'MNIST',
  imageSize: 28,
  'model.channels': 64,
  'model.multipliers': [1, 2, 2],
  'model.attention': [false, false, true],
  'model.blocks': 2,
  'model.dropout': 0.1,
  batchSize: 128,
  learningRate: 2e-4,
  epochs: 50,
  sampleEvery: 5,
});

/** The paper's network with labml's training settings. */
const PAPER = {
  imageSize: 32,
  'model.channels': 64,
  'model.multipliers': [1, 2, 2, 4],
  'model.attention': [false, false, false, true],
  'model.blocks': 2,
  'model.dropout': 0.1,
  learningRate: 2e-5,
  epochs: 1000,
  sampleEvery: 1,
};

/** The paper's network on faces. */
export const celeba = preset(DiffuseSettings, 'celeba', { dataset: 'CelebA', ...PAPER });

/** The paper's network, for any dataset. */
export const paper = preset(DiffuseSettings, 'paper', PAPER);

/** Smoke test that runs everything once, in seconds. */
export const smoke = preset(DiffuseSettings, 'smoke', {
  imageSize: 8,
  steps: 4,
  'model.multipliers': [1],
  'model.attention': [false],
  'model.blocks': 1,
  batchSize: 8,
  samples: 4,
  maxSteps: 2,
});
