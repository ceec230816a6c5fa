import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findTensorBoard } from '../../framework/tensorflow/install/tensorboard';

/** What a folder of event files has. */
export interface Events {
  readonly scalars: Readonly<Record<string, [step: number, value: number | 'NaN' | 'Infinity' | '-Infinity'][]>>;
  readonly images: Readonly<Record<string, [step: number, width: number, height: number, hex: string][]>>;
  /** Texts, and histograms as rows of left edge, right edge and count, after the plugin that shows them. */
  readonly tensors: Readonly<Record<string, [plugin: string, ...[step: number, value: string | number[][]][]]>>;
  readonly audio: Readonly<
    Record<string, [step: number, sampleRate: number, channels: number, bytes: number, samples: number[]][]>
  >;
  /** The names of the graph's operations. */
  readonly graph: readonly string[];
  /** The names of the operations that were recorded. */
  readonly records: Readonly<Record<string, readonly string[]>>;
}

/** What TensorBoard's own reader finds. TensorFlow must be installed. */
export function readEvents(folder: string): Events {
  const [events] = readAllEvents([folder]);
  if (!events) throw new Error(`${folder} was not read`);
  return events;
}

/** The same of several folders, for which TensorBoard's packages are loaded once. */
export function readAllEvents(folders: readonly string[]): Events[] {
  const printed = withTensorBoardsPython('read-events.py', ...folders);
  return JSON.parse(printed.replace(/(?<![\w"])(NaN|-?Infinity)\b/g, '"$1"')) as Events[];
}

/** Of each record of an event file its length, and whether its two checksums are those that TensorBoard computes. */
export function readRecords(file: string): [length: number, isHeaderRight: boolean, isContentRight: boolean][] {
  return JSON.parse(withTensorBoardsPython('read-records.py', file)) as [number, boolean, boolean][];
}

function withTensorBoardsPython(script: string, ...paths: string[]): string {
  const args = [join(__dirname, script), ...paths];
  return execFileSync(findTensorBoard() ?? 'python3', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
