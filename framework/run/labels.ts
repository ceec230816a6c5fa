import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { type Schema, readJSON, writeJSON } from '../util/json-file';
import { ExitCode, UserError } from '../errors';
import { checkFolderWritable } from '../util/writable';
import type { RunFolder } from './run-folder';

/** User-given labels of a run, in a separate file that the run's process never writes. */
export interface Labels {
  readonly tags: readonly string[];
  readonly note?: string;
}

const SCHEMA: Schema<Labels> = v.looseObject({ tags: v.array(v.string()), note: v.exactOptional(v.string()) });

export function readLabels({ labels }: RunFolder): Labels {
  return existsSync(labels) ? readJSON(labels, SCHEMA) : { tags: [] };
}

/**
 * Adds and removes tags of a run.
 * @throws UserError for an invalid tag, or if the run's folder is not writable
 */
export function tagRun(folder: RunFolder, added: readonly string[], removed: readonly string[] = []): Labels {
  const invalid = added.find((tag) => !/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,49}$/u.test(tag));
  if (invalid !== undefined) {
    const hints = ['Expected at most 50 letters, digits, dots, dashes and underscores: baseline, paper-v2'];
    throw new UserError(`Invalid tag: ${JSON.stringify(invalid)}.`, { hints, exitCode: ExitCode.usage });
  }
  const labels = readLabels(folder);
  const tags = [...new Set([...labels.tags, ...added])].filter((tag) => !removed.includes(tag));
  return write(folder, { ...labels, tags });
}

/** Sets the note of a run. @param text an empty one removes the note */
export function noteRun(folder: RunFolder, text: string): Labels {
  const { tags } = readLabels(folder);
  return write(folder, text === '' ? { tags } : { tags, note: text });
}

function write(folder: RunFolder, labels: Labels): Labels {
  checkFolderWritable(folder.path);
  writeJSON(folder.labels, labels);
  return labels;
}
