import { readFileSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { UserError } from '../../errors';
import { fileError } from '../../util/file-errors';
import { environmentVariable } from '../../util/environment-variable';
import type { Environment } from '../cluster';

/** Variables with the secret of a cluster, and with the file that holds it. Arguments would be visible to every user of the machine. */
export const SECRET = 'EXPLAB_CLUSTER_SECRET';
const SECRET_FILE = 'EXPLAB_CLUSTER_SECRET_FILE';

const MIN_LENGTH = 16;
const HOW_TO_MAKE = `Make one: openssl rand -hex 32`;

/** A secret for workers that this process starts. */
export function randomSecret(): string {
  return randomBytes(32).toString('hex');
}

/**
 * The secret by which workers know each other: EXPLAB_CLUSTER_SECRET, or what the file EXPLAB_CLUSTER_SECRET_FILE holds.
 * @returns undefined if none is set
 * @throws UserError where it is too short, or its file cannot be read or can be read by other users
 */
export function secretFrom(environment: Environment): string | undefined {
  const secret = environmentVariable(SECRET, environment);
  if (secret !== undefined) return checked(secret, SECRET);
  const file = environmentVariable(SECRET_FILE, environment);
  return file === undefined ? undefined : checked(readSecretFile(file), file);
}

function readSecretFile(file: string): string {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw new UserError(`${SECRET_FILE}=${file}: expected a file.`);
    if ((stat.mode & 0o077) !== 0) {
      throw new UserError(`${SECRET_FILE}=${file}: other users can access this file.`, {
        hints: [`Make it private, and its secret a new one: chmod 600 ${file}`],
      });
    }
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw fileError(error) ?? error;
  }
}

function checked(secret: string, where: string): string {
  if (secret.length >= MIN_LENGTH) return secret;
  throw new UserError(`${where}: expected at least ${MIN_LENGTH} characters, got ${secret.length}.`, {
    hints: [HOW_TO_MAKE],
  });
}

/** Workers on several machines have no secret. */
export function secretMissing(): UserError {
  return new UserError(`Workers on several machines need a secret, so that nobody else can join or stop the run.`, {
    hints: [
      `Set ${SECRET} to the same text for every worker, or ${SECRET_FILE} to a file that only you can read.`,
      HOW_TO_MAKE,
    ],
  });
}
