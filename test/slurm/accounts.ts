import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';

/** What accounts need, from Debian's packages slurmdbd, mariadb-server-core and mariadb-client-core. */
export const ACCOUNTS_PROGRAMS = ['slurmdbd', 'sacctmgr', 'sacct', 'mariadbd', 'mariadb-install-db'];

/** What is to be in slurm.conf. The controller soon forgets a job that has ended, so that the accounts are asked. @param port of slurmdbd */
export function accountsConfig(folder: string, port: number): string {
  return `
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=${port}
AccountingStoragePass=${folder}/munge.socket
MinJobAge=2
`;
}

/** The slurmdbd.conf beside it. @param ports of slurmdbd and of the database */
export function keeperConfig(folder: string, [port, database]: readonly [number, number]): string {
  const { username } = userInfo();
  return `
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket
DbdHost=${hostname().split('.')[0] ?? ''}
DbdAddr=127.0.0.1
DbdPort=${port}
SlurmUser=${username}
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=${database}
StorageUser=${username}
StorageLoc=accounts
LogFile=${folder}/log/slurmdbd
PidFile=${folder}/slurmdbd.pid
`;
}

/** Makes a database with nothing in it. @returns the words that start its daemon, mariadbd */
export function makeDatabase(folder: string, port: number, PATH: string): string[] {
  const data = join(folder, 'database');
  mkdirSync(data);
  const args = ['--no-defaults', `--datadir=${data}`, `--user=${userInfo().username}`];
  execFileSync('mariadb-install-db', args, { env: { ...process.env, PATH }, stdio: 'pipe' });
  const listening = ['--bind-address=127.0.0.1', `--port=${port}`, `--socket=${folder}/mariadb.socket`];
  return [...args, ...listening, `--pid-file=${folder}/mariadb.pid`, '--skip-grant-tables'];
}
