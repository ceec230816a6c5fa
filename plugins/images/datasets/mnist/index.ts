import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, download, type DownloadOptions, option, type RemoteFile, UserError, value } from 'explab';
import { ImageDataset, ImageSettings, InMemoryDataset, LabelledImages } from 'explab/images';
import { MNIST_FILES } from './files';

/** Settings of MNIST. */
export class MNISTSettings extends ImageSettings {
  /** Folder of the IDX files, gzipped or not. */
  root = value(dataFolder('mnist'), { path: true });
  /** Split: the 60,000 training images or the 10,000 test images. */
  split = value('train', { choices: ['train', 'test'] });
  /** Download missing files to the folder. */
  download = value(true);
  /** Base URLs of the gzipped files, tried in order. */
  mirrors = value([
    'https://ossci-datasets.s3.amazonaws.com/mnist/',
    'https://storage.googleapis.com/cvdf-datasets/mnist/',
    'https://systemds.apache.org/assets/datasets/mnist/',
  ]);
}

/** 70,000 handwritten digits of 28×28 grey pixels, downloaded once (11 MB). */
@option(ImageDataset, 'MNIST', MNISTSettings)
export class MNIST extends InMemoryDataset {
  override readonly classes = 10;
  protected readonly files = MNIST_FILES;
  protected readonly downloadOptions: DownloadOptions = {};

  constructor(private readonly settings: MNISTSettings) {
    super(settings, 1);
  }

  protected async load(): Promise<LabelledImages> {
    const { images, labels } = this.files[this.settings.split];
    const [imageFile, labelFile] = [await this.find(images), await this.find(labels)];
    try {
      return await LabelledImages.fromIDX(imageFile, labelFile, this.classes);
    } catch (error) {
      throw this.settings.download && error instanceof UserError ? withRemedy(error) : error;
    }
  }

  private async find(file: RemoteFile): Promise<string> {
    const { root, mirrors } = this.settings;
    const names = [file.name.replace(/\.gz$/, ''), file.name];
    const present = names.map((name) => join(root, name)).find((path) => existsSync(path));
    if (present) return present;
    if (!this.settings.download) throw missing(root, names);
    console.error(`Downloading ${file.name} (${file.size.toLocaleString('en')} bytes) to ${root}`);
    return download(file, mirrors, root, this.downloadOptions);
  }
}

function missing(root: string, names: readonly string[]): UserError {
  return new UserError(`Neither ${names.join(' nor ')} exists in ${root}.`, {
    hints: [
      'Set the folder of the files with --set dataset.root=FOLDER, or download them with --set dataset.download=true',
    ],
  });
}

function withRemedy(error: UserError): UserError {
  const hint = 'Delete or move the file to download it again.';
  return new UserError(error.message, { hints: [...error.hints, hint], cause: error });
}
