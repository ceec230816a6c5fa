import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findImages, type ImageFile, messageOf, UserError } from 'explab';
import { nameOf, PARTITIONS, readAttribute, readPartitions } from './annotations';

/** An image of the set. */
export interface Face extends ImageFile {
  /** Where there are labels. */
  readonly label?: number | undefined;
}

/** Which images are wanted, and labelled by which attribute. */
interface Choice {
  readonly root: string;
  readonly split: 'all' | (typeof PARTITIONS)[number];
  readonly label: string | undefined;
}

/**
 * Lists the images of a folder.
 * @throws UserError where there are none, or the lists that split and label ask for do not fit them
 */
export async function findFaces(choice: Choice): Promise<Face[]> {
  return choose(await list(choice.root), choice);
}

async function list(root: string): Promise<ImageFile[]> {
  try {
    const files = await findImages(root);
    if (files.length > 0) return files;
  } catch (error) {
    if (!existsSync(root)) throw without(`There is no folder ${root}.`, root);
    throw without(`The folder ${root} cannot be read: ${messageOf(error)}`, root);
  }
  throw without(`There are no .jpg, .jpeg or .png files in ${root}.`, root);
}

/** The images of a split, each with its label where one is asked for. */
async function choose(files: readonly ImageFile[], { root, split, label }: Choice): Promise<Face[]> {
  const partitions = split === 'all' ? undefined : await readPartitions(root, files);
  const labels = label === undefined ? undefined : await readAttribute(root, files, label);
  return files
    .filter((file) => !partitions || PARTITIONS[partitions.get(nameOf(file)) ?? -1] === split)
    .map((file) => ({ ...file, label: labels?.get(nameOf(file)) }));
}

function without(message: string, root: string): UserError {
  return new UserError(message, {
    hints: [
      'CelebA: get img_align_celeba.zip by http://mmlab.ie.cuhk.edu.hk/projects/CelebA.html and unpack it there,',
      `so that its first image is ${join(root, 'img_align_celeba', '000001.jpg')}.`,
      'Any other folder of images will do as well: --set dataset.root=FOLDER',
    ],
  });
}
