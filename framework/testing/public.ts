/** Public API for the tests of plugins: what they may import from `explab/testing`. */
export { EagerEngine } from '../tensorflow/eager-engine';
export { loadTensorFlow } from '../tensorflow/load';
export { itBehavesLikeALauncher } from './launcher';
export { settingsOf } from './settings-of';
export { temporaryFolder } from './temporary-folder';
export { currentRunner, type TestRunner } from './test-runner';
export { type BriefRun, trainBriefly } from './train-briefly';
