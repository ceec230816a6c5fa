import { relative } from 'node:path';
import { CACHE_MODES, type ExampleCache, openCache, value } from 'explab';
import type { ImageFile } from './image-files';
import { ImageSettings } from '../kinds/image-dataset';

/** Settings of image datasets that are decoded from files; options extend it. */
export class ImageFileSettings extends ImageSettings {
  /**
   * Where resized images are kept after the first epoch: `memory`, `disk` (shared by all runs, see `exp cache`), or `off`. `auto` is `memory`
   * up to 64 MB, `disk` above.
   */
  cache = value('auto', { choices: CACHE_MODES, role: 'meta' });
}

/** Changes whenever images are decoded or resized to other pixels. */
const DECODER_VERSION = '1';

interface Options extends Pick<ImageFileSettings, 'cache' | 'imageSize'> {
  readonly root: string;
  readonly crop: boolean;
}

/**
 * Opens the cache of colour images resized from files, for as long as the files are the same.
 * @param dataset its name, for `exp cache`
 * @returns undefined if they are not kept
 */
export function openImageCache(
  dataset: string,
  files: readonly ImageFile[],
  { cache, root, imageSize, crop }: Options,
): ExampleCache | undefined {
  const identity = files.map(({ path, size, modified }) => `${relative(root, path)}\0${size}\0${modified}`);
  return openCache(cache, {
    name: `${dataset} in ${root}, ${imageSize}×${imageSize}${crop ? ', cropped' : ''}`,
    key: [DECODER_VERSION, imageSize, crop, ...identity].join('\n'),
    count: files.length,
    exampleBytes: imageSize * imageSize * 3,
  });
}
