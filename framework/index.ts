/** The public surface: all that plugins and experiments may import from the framework. */
export { fieldsOf, group, optional, slot, slots, value } from './config/declare';
export { option, preset } from './config/option';
export { UserError } from './errors';
export { type ImageBatch, ImageDataset, ImageSettings, type ImageShape } from './kinds/image-dataset';
