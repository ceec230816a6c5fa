import type { Artifact } from '../../artifacts/artifact';
import { artifactFromFile } from '../../artifacts/from-file';
import type { SampleFormat } from './samples';

/**
 * Combines samples as `exp sample` would write them, into an artifact of the type of their format: `.txt` a text, `.csv` a table, `.wav`
 * audio.
 */
export async function sampleArtifact<S>(samples: AsyncIterable<S>, format: SampleFormat<S>): Promise<Artifact> {
  const chunks: S[] = [];
  for await (const chunk of samples) chunks.push(chunk);
  const [extension] = format.combined;
  return artifactFromFile(extension, await format.combine(chunks));
}
