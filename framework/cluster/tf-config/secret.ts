import { readFileSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { UserError } from '../../errors';
import { fileError } from '../../util/file-errors';
import { environmentVariable } from '../../util/environment-variable';
import type { Environment } from '../cluster';

/** Variables with the secret of a cluster or the file that holds it. Arguments would be visible to all users of the machine. */
export const SECRET = 'EXPLAB_CLUSTER_SECRET';
const SECRET_FILE = 'EXPLAB_CLUSTER_SECRET_FILE';

const MIN_LENGTH = 16;
const GENERATE_HINT = `Generate one: openssl rand -hex 32`;

/** A secret for workers that this process starts. */
export function randomSecret(): string {
  return randomBytes(32).toString('hex');
}

/**
 * The secret with which workers authenticate each other: EXPLAB_CLUSTER_SECRET, or the contents of the file EXPLAB_CLUSTER_SECRET_FILE.
 * @returns undefined if none is set
 * @throws UserError if it is too short, or its file cannot be read or can be accessed by other users
 */
export function secretFrom(environment: Environment): string | undefined {
  const secret = environmentVariable(SECRET, environment);
  if (secret !== undefined) return checkLength(secret, SECRET);
  const file = environmentVariable(SECRET_FILE, environment);
  return file === undefined ? undefined : checkLength(readSecretFile(file), file);
}

function readSecretFile(file: string): string {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw new UserError(`${SECRET_FILE}=${file}: expected a file.`);
    if ((stat.mode & 0o077) !== 0) {
      throw new UserError(`${SECRET_FILE}=${file}: other users can access this file.`, {
        hints: [`Make it private and change the secret: chmod 600 ${file}`],
      });
    }
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw fileError(error) ?? error;
  }
}

function checkLength(secret: string, source: string): string {
  if (secret.length >= MIN_LENGTH) return secret;
  throw new UserError(`${source}: expected at least ${MIN_LENGTH} characters, got ${secret.length}.`, {
    hints: [GENERATE_HINT],
  });
}

/** Error for workers on several machines without a secret. */
export function secretMissing(): UserError {
  return new UserError(`Workers on several machines need a secret, so that no one else can join or stop the run.`, {
    hints: [
      `Set ${SECRET} to the same text for every worker, or ${SECRET_FILE} to a file that only you can read.`,
      GENERATE_HINT,
    ],
  });
}
