/** Commands for models that generate images. */
export { animate } from './commands/animate';
export { interpolate } from './commands/interpolate';
