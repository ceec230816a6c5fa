import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findImages, type ImageFile } from 'explab/images';
import { messageOf, UserError } from 'explab';
import { nameOf, PARTITIONS, readAttribute, readPartitions } from './annotations';

/** An image of the dataset. */
export interface Face extends ImageFile {
  /** Class label, if any. */
  readonly label?: number | undefined;
}

/** Selection of images, and the attribute that labels them. */
interface Selection {
  readonly root: string;
  readonly split: 'all' | (typeof PARTITIONS)[number];
  readonly label: string | undefined;
}

/**
 * Lists the images of a folder.
 * @throws UserError if there are none, or they do not match the lists that split and label need
 */
export async function findFaces(selection: Selection): Promise<Face[]> {
  return select(await listImages(selection.root), selection);
}

async function listImages(root: string): Promise<ImageFile[]> {
  try {
    const files = await findImages(root);
    if (files.length > 0) return files;
  } catch (error) {
    if (!existsSync(root)) throw missingImages(`The folder ${root} does not exist.`, root);
    throw missingImages(`The folder ${root} cannot be read: ${messageOf(error)}`, root);
  }
  throw missingImages(`The folder ${root} contains no .jpg, .jpeg or .png files.`, root);
}

/** Images of a split, with labels if an attribute is chosen. */
async function select(files: readonly ImageFile[], { root, split, label }: Selection): Promise<Face[]> {
  const partitions = split === 'all' ? undefined : await readPartitions(root, files);
  const labels = label === undefined ? undefined : await readAttribute(root, files, label);
  return files
    .filter((file) => !partitions || PARTITIONS[partitions.get(nameOf(file)) ?? -1] === split)
    .map((file) => ({ ...file, label: labels?.get(nameOf(file)) }));
}

function missingImages(message: string, root: string): UserError {
  return new UserError(message, {
    hints: [
      'CelebA: download img_align_celeba.zip from http://mmlab.ie.cuhk.edu.hk/projects/CelebA.html and unpack it there,',
      `so that its first image is ${join(root, 'img_align_celeba', '000001.jpg')}.`,
      'Or use any other folder of images: --set dataset.root=FOLDER',
    ],
  });
}
