import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { type Schema, readJSON, writeJSON } from '../util/json-file';
import { ExitCode, UserError } from '../errors';
import { checkFolderWritable } from '../util/writable';
import type { RunFolder } from './run-folder';

/** What people say of a run. It has a file of its own, which the run's process never writes. */
export interface Labels {
  readonly tags: readonly string[];
  readonly note?: string;
}

const SCHEMA: Schema<Labels> = v.looseObject({ tags: v.array(v.string()), note: v.exactOptional(v.string()) });

export function readLabels({ labels }: RunFolder): Labels {
  return existsSync(labels) ? readJSON(labels, SCHEMA) : { tags: [] };
}

/**
 * Gives a run tags, and takes others away.
 * @throws UserError for a tag that is no word, or where the run's folder cannot be written
 */
export function tagRun(folder: RunFolder, added: readonly string[], removed: readonly string[] = []): Labels {
  const wrong = added.find((tag) => !/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,49}$/u.test(tag));
  if (wrong !== undefined) {
    const hints = ['A tag is a word of at most 50 letters, digits, dots, dashes and underscores: baseline, paper-v2'];
    throw new UserError(`${JSON.stringify(wrong)} is no tag.`, { hints, exitCode: ExitCode.usage });
  }
  const labels = readLabels(folder);
  const tags = [...new Set([...labels.tags, ...added])].filter((tag) => !removed.includes(tag));
  return write(folder, { ...labels, tags });
}

/** Gives a run a note, in place of the one that it has. @param text an empty one takes the note away */
export function noteRun(folder: RunFolder, text: string): Labels {
  const { tags } = readLabels(folder);
  return write(folder, text === '' ? { tags } : { tags, note: text });
}

function write(folder: RunFolder, labels: Labels): Labels {
  checkFolderWritable(folder.path);
  writeJSON(folder.labels, labels);
  return labels;
}
