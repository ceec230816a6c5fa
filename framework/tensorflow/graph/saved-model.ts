import { parse } from 'protobufjs';
import { loadedTensorFlow } from '../load';
import { inputsOf, type SavedFunction } from '../saved-function';
import type { Variable } from '../variable';
import { type Output, type Pointer, call } from './c-api';
import type { Graph } from './graph';
import { definitionOf } from './graph-definition';
import type { Resource } from './resource';
import type { Saver } from './saver';
import { type Signature, type Traced, codeOf } from './trace';

/** File of a SavedModel's graph, and prefix of its variables' files. */
export const SAVED_MODEL = 'saved_model.pb';
export const VARIABLES = 'variables/variables';

/** The parts of TensorFlow's saved_model.proto, meta_graph.proto, saver.proto and variable.proto used here. */
const { root } = parse(`
  syntax = "proto3";
  message Dim { int64 size = 1; }
  message TensorShape { repeated Dim dim = 2; }
  message TensorInfo { string name = 1; int32 dtype = 2; TensorShape tensor_shape = 3; }
  message SignatureDef { map<string, TensorInfo> inputs = 1; map<string, TensorInfo> outputs = 2; string method_name = 3; }
  message SaverDef {
    string filename_tensor_name = 1; string save_tensor_name = 2; string restore_op_name = 3; int32 max_to_keep = 4; int32 version = 7;
  }
  message VariableDef {
    string variable_name = 1; string initializer_name = 2; string snapshot_name = 3; bool is_resource = 5; bool trainable = 7;
  }
  message BytesList { repeated bytes value = 1; }
  message CollectionDef { BytesList bytes_list = 2; }
  message MetaInfoDef { repeated string tags = 4; string tensorflow_version = 5; }
  message MetaGraphDef {
    MetaInfoDef meta_info_def = 1; bytes graph_def = 2; SaverDef saver_def = 3;
    map<string, CollectionDef> collection_def = 4; map<string, SignatureDef> signature_def = 5;
  }
  message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2; }
`);
const SavedModel = root.lookupType('SavedModel');
const VariableDef = root.lookupType('VariableDef');

/** Tag of the graph for inference. */
const SERVE = 'serve';
/** Method name in the signature of any function. */
const PREDICT = 'tensorflow/serving/predict';
/** SaverDef's CheckpointFormatVersion for SaveV2 and RestoreV2. */
const V2 = 2;

/** A function and its part of the graph. */
interface TracedFunction {
  readonly name: string;
  readonly declared: SavedFunction;
  readonly traced: Traced;
}

/** @returns the bytes of saved_model.pb: a graph that computes the functions and restores their variables from the accompanying files */
export function savedModel(
  graph: Graph,
  functions: readonly TracedFunction[],
  resources: ReadonlyMap<Variable, Resource>,
  saver: Saver,
): Uint8Array {
  const outputs = functions.flatMap(({ traced }) => traced.outputs.map(({ output }) => output.oper));
  const collection = { bytesList: { value: variableDefinitions(resources, saver) } };
  const metaGraph = {
    metaInfoDef: { tags: [SERVE], tensorflowVersion: loadedTensorFlow().version },
    graphDef: definitionOf(graph, [...outputs, saver.saved.oper, saver.restored]),
    saverDef: {
      filenameTensorName: nameOf(saver.prefix),
      saveTensorName: nameOf(saver.saved),
      restoreOpName: operationName(saver.restored),
      maxToKeep: 1,
      version: V2,
    },
    collectionDef: { variables: collection, trainable_variables: collection },
    signatureDef: Object.fromEntries(functions.map((each) => [each.name, signatureOf(each)])),
  };
  return SavedModel.encode({ savedModelSchemaVersion: 1, metaGraphs: [metaGraph] }).finish();
}

function signatureOf({ declared, traced }: TracedFunction) {
  const inputs = inputsOf(declared).flatMap(([name, signature], index) => {
    const input = traced.inputs[index];
    return input ? [[name, tensorInfo(input, signature)] as const] : [];
  });
  const outputs = traced.outputs.map(
    (each, index) => [declared.outputs[index] ?? '', tensorInfo(each.output, each)] as const,
  );
  return { inputs: Object.fromEntries(inputs), outputs: Object.fromEntries(outputs), methodName: PREDICT };
}

function tensorInfo(output: Output, { shape, dtype }: Signature) {
  return { name: nameOf(output), dtype: codeOf(dtype), tensorShape: { dim: shape.map((size) => ({ size })) } };
}

/** Definitions from which TensorFlow's Python API restores variables when it loads the graph. */
function variableDefinitions(resources: ReadonlyMap<Variable, Resource>, { assignments }: Saver): Uint8Array[] {
  return [...resources.values()].map(({ handle, read }, index) => {
    const initializer = assignments[index];
    const names = {
      variableName: nameOf(handle),
      snapshotName: nameOf(read),
      initializerName: initializer && operationName(initializer),
    };
    return VariableDef.encode({ ...names, isResource: true, trainable: true }).finish();
  });
}

function operationName(operation: Pointer): string {
  return call<string>('TF_OperationName', operation);
}

function nameOf({ oper, index }: Output): string {
  return `${operationName(oper)}:${index}`;
}
