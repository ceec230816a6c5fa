import { ExitCode, type ImageDataset, type NoisePredictor, UserError } from 'explab';

/** The settings that have to do with classes. */
interface ClassSettings {
  readonly conditional: boolean;
  readonly classDropout: number;
  readonly guidance: number;
  readonly class: number | undefined;
  readonly dataset: ImageDataset;
  readonly model: NoisePredictor;
}

/**
 * How many classes the images of a dataset are of.
 * @throws UserError where they have no labels
 */
export function classesOf({ classes, constructor }: ImageDataset): number {
  if (classes !== undefined) return classes;
  throw usageError(
    `${constructor.name} has no labels, and conditional=true tells the network the class of each image.`,
    ['Choose a dataset that has them, such as dataset=Digits; docs/datasets.md says which do.'],
  );
}

/** @throws UserError where settings about classes do not fit together */
export function checkClasses(settings: ClassSettings): void {
  if (settings.conditional) checkConditional(settings);
  else checkUnconditional(settings);
}

/** @throws UserError where the network is not told the dataset's classes, or cannot draw what is asked for */
function checkConditional({ classDropout, guidance, class: only, dataset, model }: ClassSettings): void {
  const classes = classesOf(dataset);
  const described = `${dataset.constructor.name} has ${classes} classes`;
  if (model.classes !== classes) {
    throw usageError(
      `${described}, of which the model ${model.constructor.name} can be told ${model.classes ?? 'none'}.`,
    );
  }
  if (only !== undefined && only >= classes) {
    throw usageError(`class=${only}: ${described}, counted from 0.`, [`Choose one in 0 to ${classes - 1}.`]);
  }
  if (guidance !== 1 && classDropout === 0) {
    throw usageError(`guidance=${guidance} needs a network that was also trained without classes.`, [
      'Train with classDropout=0.1, or draw with guidance=1.',
    ]);
  }
}

/** @throws UserError where something is asked for that only a network can do which is told classes */
function checkUnconditional({ guidance, class: only }: ClassSettings): void {
  const asked = [...(only === undefined ? [] : [`class=${only}`]), ...(guidance === 1 ? [] : [`guidance=${guidance}`])];
  if (asked.length === 0) return;
  throw usageError(`${asked.join(', ')}: the network is not told any class, so it draws none by choice.`, [
    'Train one that is told them, on a dataset that has labels: exp run diffuse conditional=true',
  ]);
}

/**
 * The classes of images to be drawn.
 * @param images their numbers: where no class is asked for, the classes come in turn
 * @param only the class of all of them
 */
export function labelsOf(images: readonly number[], classes: number, only?: number): number[] {
  return images.map((image) => only ?? image % classes);
}

function usageError(message: string, hints: readonly string[] = []): UserError {
  return new UserError(message, { hints, exitCode: ExitCode.usage });
}
