import { ExitCode, UserError } from 'explab';
import type { ImageDataset } from 'explab/images';
import type { NoisePredictor } from 'explab/diffusion';

/** Settings that concern classes. */
interface ClassSettings {
  readonly conditional: boolean;
  readonly classDropout: number;
  readonly guidance: number;
  readonly class: number | undefined;
  readonly dataset: ImageDataset;
  readonly model: NoisePredictor;
}

/**
 * Number of classes of a dataset.
 * @throws UserError if it has no labels
 */
export function classesOf({ classes, constructor }: ImageDataset): number {
  if (classes !== undefined) return classes;
  throw usageError(`conditional=true needs class labels, but ${constructor.name} has none.`, [
    'Choose a dataset with labels, such as dataset=Digits; docs/datasets.md lists them.',
  ]);
}

/** @throws UserError if the settings for classes are inconsistent */
export function checkClasses(settings: ClassSettings): void {
  if (settings.conditional) checkConditional(settings);
  else checkUnconditional(settings);
}

/** @throws UserError if the network does not know the dataset's classes, or cannot sample as set */
function checkConditional({ classDropout, guidance, class: only, dataset, model }: ClassSettings): void {
  const classes = classesOf(dataset);
  const datasetClasses = `${dataset.constructor.name} has ${classes} classes`;
  if (model.classes !== classes) {
    throw usageError(`${datasetClasses}, but the model ${model.constructor.name} supports ${model.classes ?? 'none'}.`);
  }
  if (only !== undefined && only >= classes) {
    throw usageError(`class=${only}: expected a class from 0 to ${classes - 1}; ${datasetClasses}.`);
  }
  if (guidance !== 1 && classDropout === 0) {
    throw usageError(`guidance=${guidance} needs a network that was also trained on dropped labels.`, [
      'Train with classDropout=0.1, or sample with guidance=1.',
    ]);
  }
}

/** @throws UserError if a setting needs a conditional network */
function checkUnconditional({ guidance, class: only }: ClassSettings): void {
  const conditionalSettings = [
    ...(only === undefined ? [] : [`class=${only}`]),
    ...(guidance === 1 ? [] : [`guidance=${guidance}`]),
  ];
  if (conditionalSettings.length === 0) return;
  throw usageError(`${conditionalSettings.join(', ')}: the network is not conditioned on classes.`, [
    'Train a conditional network on a dataset with labels: exp run diffuse conditional=true',
  ]);
}

/**
 * Classes of sampled images.
 * @param images their numbers; without `only`, classes are assigned in turn
 * @param only class of all images
 */
export function labelsOf(images: readonly number[], classes: number, only?: number): number[] {
  return images.map((image) => only ?? image % classes);
}

function usageError(message: string, hints: readonly string[] = []): UserError {
  return new UserError(message, { hints, exitCode: ExitCode.usage });
}
