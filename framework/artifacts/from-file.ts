import { type Artifact, fileArtifact, imageArtifact, textArtifact } from './artifact';
import { wavArtifact } from './audio';
import { parseTable } from './table';

type Content = Buffer | string;

/** Constructors by the extension of a file; any other is a `file`. */
const CONSTRUCTORS: Readonly<Record<string, (content: Content) => Artifact>> = {
  '.png': (content) => imageArtifact(Buffer.from(content)),
  '.wav': (content) => wavArtifact(Buffer.from(content)),
  '.csv': (content) => parseTable(content.toString()),
  '.md': (content) => textArtifact(content.toString()),
  '.txt': (content) => textArtifact(content.toString(), 'plain'),
};

/**
 * Makes an artifact of a file's content, of the type of its extension.
 * @throws UserError if the content is not what the extension says
 */
export function artifactFromFile(extension: string, content: Content): Artifact {
  const construct = Object.hasOwn(CONSTRUCTORS, extension) ? CONSTRUCTORS[extension] : undefined;
  return construct?.(content) ?? fileArtifact(extension, content);
}
