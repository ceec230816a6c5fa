import { UserError } from '../errors';

const HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;
/** WAVE_FORMAT_PCM. */
const PCM = 1;
/** Largest 16-bit sample. */
const MAX_SAMPLE = 32767;

/** What the header of a WAV file says. */
interface WAVHeader {
  readonly sampleRate: number;
  readonly channels: number;
  readonly frames: number;
}

/** Encodes interleaved samples in [-1, 1] as 16-bit PCM. */
export function encodeWAV(samples: ArrayLike<number>, sampleRate: number, channels: number): Buffer {
  const size = samples.length * BYTES_PER_SAMPLE;
  const wav = Buffer.alloc(HEADER_BYTES + size);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(HEADER_BYTES - 8 + size, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(PCM, 20);
  wav.writeUInt16LE(channels, 22);
  wav.writeUInt32LE(sampleRate, 24);
  wav.writeUInt32LE(sampleRate * channels * BYTES_PER_SAMPLE, 28);
  wav.writeUInt16LE(channels * BYTES_PER_SAMPLE, 32);
  wav.writeUInt16LE(BYTES_PER_SAMPLE * 8, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(size, 40);
  for (let index = 0; index < samples.length; index++)
    wav.writeInt16LE(Math.round((samples[index] ?? 0) * MAX_SAMPLE), HEADER_BYTES + index * BYTES_PER_SAMPLE);
  return wav;
}

/** @throws UserError if it is not a WAV file */
export function parseWAV(wav: Buffer): WAVHeader {
  const chunks = chunksOf(wav);
  const [format, data] = [chunks.get('fmt '), chunks.get('data')];
  if (!format || format.length < 16 || !data) throw new UserError('Invalid WAV: expected a format and data.');
  const [channels, sampleRate, frameBytes] = [format.readUInt16LE(2), format.readUInt32LE(4), format.readUInt16LE(12)];
  if (channels === 0 || sampleRate === 0 || frameBytes === 0)
    throw new UserError('Invalid WAV: it has no channels, no sample rate or empty frames.');
  return { sampleRate, channels, frames: Math.floor(data.length / frameBytes) };
}

/** Chunks of a RIFF file by their names; an incomplete last one as far as it goes. */
function chunksOf(wav: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  if (wav.toString('latin1', 0, 4) !== 'RIFF' || wav.toString('latin1', 8, 12) !== 'WAVE') return chunks;
  for (let start = 12; start + 8 <= wav.length;) {
    const size = wav.readUInt32LE(start + 4);
    chunks.set(wav.toString('latin1', start, start + 4), wav.subarray(start + 8, start + 8 + size));
    // Chunks begin at even bytes.
    start += 8 + size + (size % 2);
  }
  return chunks;
}
