/** A package manager as a user has it. */
export interface PackageManager {
  /** How it names itself to what it runs. */
  readonly userAgent: string;
  /** The command that runs it. */
  readonly command: readonly [string, ...string[]];
  /** Arguments that install a project's dependencies. */
  readonly install: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Files of the project that configure it. */
  readonly files?: Readonly<Record<string, string>>;
}

/** With install scripts, which a clone's `.npmrc` turns off. */
export const NPM: PackageManager = {
  userAgent: 'npm/11.19.1',
  command: ['npm'],
  install: ['install', '--ignore-scripts=false', '--prefer-offline', '--no-audit'],
};

/** Others, fetched by npm. Their stores are empty, as those of a new machine. @param store their folder */
export function otherManagers(store: string): Readonly<Record<string, PackageManager>> {
  return {
    pnpm: {
      userAgent: 'pnpm/12.21.0',
      command: fetched('pnpm@12.21.0', 'pnpm'),
      install: ['install', '--store-dir', store],
    },
    'Yarn 1': {
      userAgent: 'yarn/1.22.22',
      command: fetched('yarn@1.22.22', 'yarn'),
      install: ['install'],
      environment: { YARN_CACHE_FOLDER: store },
    },
    'Yarn 4': {
      userAgent: 'yarn/4.18.1',
      command: fetched('@yarnpkg/cli-dist@4.18.1', 'yarn'),
      install: ['install'],
      environment: { YARN_GLOBAL_FOLDER: store, YARN_ENABLE_TELEMETRY: '0', YARN_ENABLE_IMMUTABLE_INSTALLS: '0' },
      files: { '.yarnrc.yml': 'nodeLinker: node-modules\n', 'yarn.lock': '' },
    },
  };
}

function fetched(name: string, program: string): readonly [string, ...string[]] {
  return ['npm', 'exec', '--yes', '--prefer-offline', '--package', name, '--', program];
}
