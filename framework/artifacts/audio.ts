import { UserError } from '../errors';
import { encodeWAV, parseWAV } from './wav';

/** Sound as WAV. */
export interface AudioArtifact {
  readonly type: 'audio';
  readonly extension: '.wav';
  readonly content: Buffer;
  /** Frames per second. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Number of frames: samples of each channel. */
  readonly frames: number;
}

/** Largest value of the field of a WAV header. */
const MAX_SAMPLE_RATE = 2 ** 32 - 1;
const MAX_CHANNELS = 2 ** 16 - 1;

/**
 * Encodes sound as WAV of 16 bits.
 * @param samples each in [-1, 1]; of several channels interleaved: left, right, left, right
 * @param sampleRate frames per second
 * @throws UserError if a sample is not in [-1, 1], or the numbers are invalid
 */
export function audioArtifact(samples: ArrayLike<number>, sampleRate: number, channels = 1): AudioArtifact {
  checkPositive('sample rate', sampleRate, MAX_SAMPLE_RATE);
  checkPositive('number of channels', channels, MAX_CHANNELS);
  checkSamples(samples, channels);
  const content = encodeWAV(samples, sampleRate, channels);
  return { type: 'audio', extension: '.wav', content, sampleRate, channels, frames: samples.length / channels };
}

/** @param wav a whole WAV file @throws UserError if it is not one */
export function wavArtifact(wav: Buffer): AudioArtifact {
  return { type: 'audio', extension: '.wav', content: wav, ...parseWAV(wav) };
}

function checkPositive(what: string, number: number, max: number): void {
  if (Number.isSafeInteger(number) && number >= 1 && number <= max) return;
  throw new UserError(`Invalid ${what} of audio: expected an integer from 1 to ${max}, got ${number}.`);
}

function checkSamples(samples: ArrayLike<number>, channels: number): void {
  if (samples.length === 0) throw new UserError('Audio without samples: expected at least one.');
  if (samples.length % channels !== 0)
    throw new UserError(`Audio of ${samples.length} samples: expected a multiple of its ${channels} channels.`);
  for (let index = 0; index < samples.length; index++) {
    const sample = samples[index] ?? NaN;
    if (Math.abs(sample) <= 1) continue;
    throw new UserError(`Audio sample ${index} is ${sample}: expected a number in [-1, 1].`, {
      hints: Number.isFinite(sample) ? ['Divide the samples by the largest absolute value, or clip them.'] : [],
    });
  }
}
