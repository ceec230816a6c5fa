import { UserError } from '../errors';
import type { AudioArtifact } from './audio';
import type { HistogramArtifact } from './histogram';
import type { TableArtifact } from './table';

/**
 * Output of a step that is not a number. Each has the content and the extension of its file, and what a tracker needs to show it; made by
 * `textArtifact`, `histogramArtifact` and so on.
 */
export type Artifact = ImageArtifact | TextArtifact | HistogramArtifact | AudioArtifact | TableArtifact | FileArtifact;

/** A PNG. */
export interface ImageArtifact {
  readonly type: 'image';
  readonly extension: '.png';
  readonly content: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Text: Markdown, or plain text whose line breaks are kept. */
export interface TextArtifact {
  readonly type: 'text';
  readonly extension: '.md' | '.txt';
  readonly content: string;
}

/** Content of any other format. */
export interface FileArtifact {
  readonly type: 'file';
  readonly extension: string;
  readonly content: Buffer | string;
}

const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** @param png a whole PNG, whose size is read from its header @throws UserError if it is not a PNG */
export function imageArtifact(png: Buffer): ImageArtifact {
  if (png.length < 24 || !png.subarray(0, 8).equals(PNG_SIGNATURE)) throw new UserError('Invalid PNG: no PNG header.');
  return { type: 'image', extension: '.png', content: png, width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

/** @param format `plain` keeps spaces and line breaks, as generated text needs */
export function textArtifact(content: string, format: 'markdown' | 'plain' = 'markdown'): TextArtifact {
  return { type: 'text', extension: format === 'plain' ? '.txt' : '.md', content };
}

/** @param extension of the file: `.svg` @throws UserError if it is not an extension */
export function fileArtifact(extension: string, content: Buffer | string): FileArtifact {
  if (/^(\.[\p{L}\p{N}_-]{1,20}){1,3}$/u.test(extension)) return { type: 'file', extension, content };
  throw new UserError(`Invalid file extension ${JSON.stringify(extension.slice(0, 80))}: expected one such as ".svg".`);
}

export function isImage(artifact: Artifact): artifact is ImageArtifact {
  return artifact.type === 'image';
}
