import { parse } from 'protobufjs';

/** One value of a step, as in TensorFlow's summary.proto. */
export interface SummaryValue {
  readonly tag: string;
  readonly simpleValue?: number;
  readonly image?: { height: number; width: number; colorspace: number; encodedImageString: Uint8Array };
  readonly audio?: {
    sampleRate: number;
    numChannels: number;
    lengthFrames: number;
    encodedAudioString: Uint8Array;
    contentType: string;
  };
  readonly tensor?: SummaryTensor;
  readonly metadata?: { pluginData: { pluginName: string }; dataClass: number };
}

/** As in TensorFlow's tensor.proto. */
interface SummaryTensor {
  readonly dtype: number;
  readonly tensorShape: { dim: readonly { size: number }[] };
  readonly tensorContent?: Uint8Array;
  readonly stringVal?: readonly Uint8Array[];
}

/** The part of TensorFlow's summary.proto and tensor.proto used here. */
export const Summary = parse(`
  syntax = "proto3";
  message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
  message Audio {
    float sample_rate = 1; int64 num_channels = 2; int64 length_frames = 3; bytes encoded_audio_string = 4;
    string content_type = 5;
  }
  message Dim { int64 size = 1; }
  message Shape { repeated Dim dim = 2; }
  message Tensor { int32 dtype = 1; Shape tensor_shape = 2; bytes tensor_content = 4; repeated bytes string_val = 8; }
  message PluginData { string plugin_name = 1; }
  message Metadata { PluginData plugin_data = 1; int32 data_class = 4; }
  message Value {
    string tag = 1; Metadata metadata = 9;
    oneof value { float simple_value = 2; Image image = 4; Audio audio = 6; Tensor tensor = 8; }
  }
  message Summary { repeated Value value = 1; }
`).root.lookupType('Summary');

/** The part of TensorFlow's event.proto used here. */
export const Event = parse(`
  syntax = "proto3";
  message SessionLog { int32 status = 1; }
  message TaggedRunMetadata { string tag = 1; bytes run_metadata = 2; }
  message Event {
    double wall_time = 1; int64 step = 2; SessionLog session_log = 7; TaggedRunMetadata tagged_run_metadata = 8;
  }
`).root.lookupType('Event');

/** TensorFlow's numbers of dtypes. */
const DOUBLE = 2;
const STRING = 7;

/** DATA_CLASS_TENSOR: values that TensorBoard keeps as tensors. */
const TENSOR_CLASS = 2;

/** Value for TensorBoard's Text tab. @param text Markdown */
export function textValue(tag: string, text: string): SummaryValue {
  const tensor = { dtype: STRING, tensorShape: { dim: [] }, stringVal: [Buffer.from(text)] };
  return { tag, tensor, metadata: { pluginData: { pluginName: 'text' }, dataClass: TENSOR_CLASS } };
}

/** Value for TensorBoard's Histograms and Distributions tabs. @param bins left edge, right edge and count of each */
export function histogramValue(tag: string, bins: readonly (readonly [number, number, number])[]): SummaryValue {
  const tensorContent = new Uint8Array(Float64Array.from(bins.flat()).buffer);
  const tensor = { dtype: DOUBLE, tensorShape: { dim: [{ size: bins.length }, { size: 3 }] }, tensorContent };
  return { tag, tensor, metadata: { pluginData: { pluginName: 'histograms' }, dataClass: TENSOR_CLASS } };
}
