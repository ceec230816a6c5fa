import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type * as SavedModels from '@tensorflow/tfjs-node-gpu/dist/saved_model';
import { didYouMean } from '../util/nearest';
import { UserError, messageOf } from '../errors';
import { SAVED_MODEL } from './graph/saved-model';
import { loadTfjs } from './install/npm-package';
import { loadedTensorFlow } from './load';
import type * as tf from './tf';

/** Input or output of a SavedModel function. */
export interface TensorInfo {
  readonly dtype: string;
  /** -1 for a dimension of any size. */
  readonly shape: readonly number[];
}

/** Tag of the graph for inference. */
const TAGS = ['serve'];

/** A function of a SavedModel, loaded by TensorFlow.js. */
export class LoadedModel {
  private constructor(
    readonly inputs: Readonly<Record<string, TensorInfo>>,
    readonly outputs: Readonly<Record<string, TensorInfo>>,
    private readonly model: SavedModels.TFSavedModel,
  ) {}

  /**
   * TensorFlow must be loaded.
   * @param signature the function's name
   * @throws UserError if there is no SavedModel or it has no such function
   */
  static async load(folder: string, signature = 'serving_default'): Promise<LoadedModel> {
    loadedTensorFlow();
    if (!existsSync(join(folder, SAVED_MODEL)))
      throw new UserError(`${folder} is not a SavedModel: it has no ${SAVED_MODEL}.`);
    const node = loadTfjs('dist/saved_model') as typeof SavedModels;
    try {
      const { inputs, outputs } = findSignature(await node.getMetaGraphsFromSavedModel(folder), folder, signature);
      return new LoadedModel(infos(inputs), infos(outputs), await node.loadSavedModel(folder, TAGS, signature));
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`${folder} cannot be loaded: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Calls the function. @param inputs by their names; borrowed @returns by their names; the caller disposes */
  call(inputs: Readonly<Record<string, tf.Tensor>>): Record<string, tf.Tensor> {
    return this.model.predict(inputs) as unknown as Record<string, tf.Tensor>;
  }

  dispose(): void {
    this.model.dispose();
  }
}

type MetaGraph = Awaited<ReturnType<typeof SavedModels.getMetaGraphsFromSavedModel>>[number];
type Signature = MetaGraph['signatureDefs'][string];

function findSignature(graphs: readonly MetaGraph[], folder: string, name: string): Signature {
  const signatures = graphs.find(({ tags }) => tags.join() === TAGS.join())?.signatureDefs ?? {};
  const signature = signatures[name];
  if (signature) return signature;
  const hints = [didYouMean(name, Object.keys(signatures), 'Functions')];
  throw new UserError(`The SavedModel ${folder} has no function ${name}.`, { hints });
}

function infos(infos: Signature['inputs']): Record<string, TensorInfo> {
  return Object.fromEntries(
    Object.entries(infos).map(([name, { dtype, shape }]) => [name, { dtype, shape: shapeOf(shape) }]),
  );
}

/** The loader returns dimensions as protobuf messages. */
function shapeOf(sides: unknown): number[] {
  return (sides as { getSize(): number }[]).map((side) => side.getSize());
}
