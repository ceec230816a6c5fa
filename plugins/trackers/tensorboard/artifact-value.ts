import { type Artifact, type Cell, type SummaryValue, histogramValue, textValue } from 'explab';

/** @param path of the artifact's file, if it could be written @returns the artifact as TensorBoard shows it, each type in its own tab */
export function artifactValue(tag: string, artifact: Artifact, path: string | undefined): SummaryValue {
  switch (artifact.type) {
    case 'image':
      return { tag, image: imageOf(artifact) };
    case 'audio':
      return { tag, audio: audioOf(artifact) };
    case 'histogram':
      return histogramValue(
        tag,
        artifact.bins.map(({ from, to, count }) => [from, to, count]),
      );
    case 'text':
      return textValue(tag, artifact.extension === '.txt' ? codeBlock(artifact.content) : artifact.content);
    case 'table':
      return textValue(tag, markdownTable([artifact.columns, ...artifact.rows]));
    case 'file':
      return textValue(tag, path === undefined ? 'The file could not be written.' : `\`${path}\``);
  }
}

type Typed<T extends Artifact['type']> = Extract<Artifact, { type: T }>;

function imageOf({ content, width, height }: Typed<'image'>): NonNullable<SummaryValue['image']> {
  return { width, height, colorspace: 3, encodedImageString: content };
}

function audioOf({ content, sampleRate, channels, frames }: Typed<'audio'>): NonNullable<SummaryValue['audio']> {
  const sizes = { sampleRate, numChannels: channels, lengthFrames: frames };
  return { ...sizes, encodedAudioString: content, contentType: 'audio/wav' };
}

/** Plain text as Markdown that keeps its spaces and line breaks. */
function codeBlock(text: string): string {
  return text.replace(/^/gm, '    ');
}

/** @param rows the first has the names of the columns */
function markdownTable([columns = [], ...rows]: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text of a cell, without line breaks and with nothing that Markdown or HTML would interpret. */
function escapeMarkdown(cell: Cell): string {
  return String(cell)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_[\]|]/g, '\\$&')
    .replace(/\s+/g, ' ');
}
