import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, UserError } from '../../errors';
import { writeAtomically } from '../../util/temporary-path';
import { SAMPLING, withModel } from '../weights/with-model';
import { parseOutput, prepareFiles } from './output-path';
import { type SamplingRequest, checkInteger, parseIndexRanges, runOptionsFor } from './sampling-request';
import { type SampleFormat, MAX_SAMPLES, firstIndices } from './samples';

interface Request extends SamplingRequest {
  /** Replace an existing file. */
  readonly force?: boolean | undefined;
  /** File or folder to write; by default `samples` with the extension of the format. */
  readonly out?: string | undefined;
  /** Number of samples. */
  readonly count?: number | undefined;
  /** Indices of the samples, instead of the first `count`: `3,5,7-9`. */
  readonly indices?: string | undefined;
}

/** The files written. */
export interface SampledFiles {
  /** The full path of the file or folder. */
  readonly path: string;
  readonly count: number;
  /** What the samples are called: texts. */
  readonly noun: string;
}

const DEFAULT_COUNT = 16;

/**
 * Generates samples with a run's model and writes them to one file, or to a file each in a folder.
 * @throws UserError if the request is invalid, before anything is generated
 */
export async function sampleToFile(request: Request): Promise<SampledFiles> {
  const { seed, batch, force } = request;
  const indices = indicesOf(request);
  const { runOptions, source } = await runOptionsFor(request);
  return withModel(runOptions, source, SAMPLING, async (experiment) => {
    const { sampleFormat: format } = experiment;
    const [extension, description] = format.combined;
    const out = request.out ?? `samples${extension}`;
    const { path, kind } = parseOutput(out, {
      [extension]: description,
      '/': `a folder with a ${format.single} file for each sample`,
    });
    const nameOf = (index: number) => `${String(index).padStart(6, '0')}${format.single}`;
    const files = kind === '/' ? indices.map((index) => join(path, nameOf(index))) : [path];
    prepareFiles(files, force);
    const chunks = experiment.sample({ seed, indices, batch });
    await (kind === '/' ? writeEach(path, files, chunks, format) : writeCombined(path, chunks, format));
    return { path, count: indices.length, noun: format.noun };
  });
}

function indicesOf({ count, indices }: Request): number[] {
  if (indices === undefined) {
    checkInteger('n', count ?? DEFAULT_COUNT, 1, MAX_SAMPLES);
    return firstIndices(count ?? DEFAULT_COUNT);
  }
  if (count === undefined) return parseIndexRanges(indices);
  throw new UserError('-n and --indices are mutually exclusive: give the number of samples or their indices.', {
    exitCode: ExitCode.usage,
  });
}

async function writeCombined<S>(path: string, samples: AsyncIterable<S>, format: SampleFormat<S>): Promise<void> {
  const chunks: S[] = [];
  for await (const chunk of samples) chunks.push(chunk);
  await writeAtomically(path, await format.combine(chunks));
}

/** Writes samples as `000003.png` and so on, as soon as they are generated. */
async function writeEach<S>(
  folder: string,
  files: readonly string[],
  samples: AsyncIterable<S>,
  format: SampleFormat<S>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  let written = 0;
  for await (const chunk of samples)
    for await (const content of format.split(chunk)) await writeAtomically(files[written++] ?? '', content);
}
