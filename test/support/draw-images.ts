import type { RunOptions } from '../../framework/experiment/run-container';
import { concatImages, type Images } from '../../plugins/images/sampling/images';
import { firstIndices } from '../../framework/experiment/sampling/samples';
import { SAMPLING, withModel } from '../../framework/experiment/weights/with-model';
import type { RunFolder } from '../../framework/run/run-folder';

/**
 * Draws images by the model of a checkpoint of a run, the newest whole one unless a step is named: the first so many of a seed.
 * @throws UserError where the experiment draws none
 */
export function drawImages(
  ingredients: RunOptions,
  run: RunFolder,
  count: number,
  seed: number,
  step?: number,
): Promise<Images> {
  return withModel(ingredients, { run, step }, SAMPLING, async (experiment) => {
    const parts: Images[] = [];
    for await (const part of experiment.sample({ seed, indices: firstIndices(count) })) parts.push(part as Images);
    return concatImages(parts);
  });
}
