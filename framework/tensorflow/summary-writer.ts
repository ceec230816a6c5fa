import { mkdirSync } from 'node:fs';
import { Int64Scalar } from '@tensorflow/tfjs-node-gpu/dist/int64_tensors';
import { UserError, messageOf } from '../errors';
import { nativeBackend } from './operation';
import { Event, Summary, type SummaryValue } from './summary-proto';
import * as tf from './tf';

/** SessionLog's START. */
const START = 1;

/** Events buffered before an automatic flush. */
const MAX_QUEUED_EVENTS = 100;
const FLUSH_MILLISECONDS = 10_000;

/** A step as int64: the package's own class needlessly rejects numbers from 2³¹. */
class Step extends Int64Scalar {
  constructor(private readonly step: number) {
    super(0);
  }

  override get valueArray(): Int32Array {
    return new Int32Array(BigInt64Array.of(BigInt(this.step)).buffer);
  }
}

/**
 * Writes an event file for TensorBoard with TensorFlow's summary ops, which frame, checksum and name the records. TensorFlow.js only
 * has scalars and histograms; whole summaries are written by `WriteRawProtoSummary`.
 */
export class SummaryWriter {
  private readonly resource: tf.Tensor;

  /** @param folder created if missing; the file's name contains the time and the process id */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    const backend = nativeBackend();
    this.resource = backend.summaryWriter(folder);
    tf.tidy(() => backend.createSummaryFileWriter(this.resource, folder, MAX_QUEUED_EVENTS, FLUSH_MILLISECONDS, '.v2'));
  }

  write(step: number, value: readonly SummaryValue[]): void {
    this.writeProto('WriteRawProtoSummary', Summary.encode({ value }).finish(), new Step(step));
  }

  /** Discards records from this step on in older files of the folder: they will be written again. */
  writeStart(step: number): void {
    this.writeEvent({ step, sessionLog: { status: START } });
  }

  /** Writes the run's graph. @param definition a GraphDef of TensorFlow's graph.proto */
  writeGraph(definition: Uint8Array): void {
    this.writeProto('WriteGraphSummary', definition, new Step(0));
  }

  /**
   * Writes the time and memory of the graph's operations.
   * @param tag name of the record; only the first with the same tag is used
   * @param metadata a RunMetadata of TensorFlow's config.proto
   */
  writeRunMetadata(step: number, tag: string, metadata: Uint8Array): void {
    this.writeEvent({ step, taggedRunMetadata: { tag, runMetadata: metadata } });
  }

  flush(): void {
    this.execute('FlushSummaryWriter');
  }

  close(): void {
    this.flush();
    this.execute('CloseSummaryWriter');
    this.resource.dispose();
  }

  private writeEvent(content: object): void {
    this.writeProto('ImportEvent', Event.encode({ wallTime: Date.now() / 1000, ...content }).finish());
  }

  private writeProto(operation: string, bytes: Uint8Array, ...step: Step[]): void {
    const proto = tf.tensor([bytes], [], 'string');
    this.execute(operation, ...step, proto);
    proto.dispose();
  }

  private execute(operation: string, ...inputs: unknown[]): void {
    try {
      nativeBackend().executeMultipleOutputs(operation, [], [this.resource, ...inputs], 0);
    } catch (error) {
      const [, reason = messageOf(error)] = /^Message: (.*)/m.exec(messageOf(error)) ?? [];
      throw new UserError(`the event file cannot be written: ${reason}`, { cause: error });
    }
  }
}
