/** Positional argument for a run. */
export const RUN = {
  type: 'string',
  demandOption: true,
  describe: 'Run: an ID, unique ID prefix, name or folder, or latest',
} as const;

/** Positional argument for several runs. */
export const RUNS = {
  type: 'string',
  array: true,
  demandOption: true,
  describe: 'Runs: IDs, unique ID prefixes, names or folders, or latest',
} as const;

/** Positional argument for a checkpoint of a run. */
export const CHECKPOINT = {
  type: 'string',
  demandOption: true,
  describe:
    'Run: an ID, unique ID prefix, name or folder, or latest. Append @STEP or @best to select a checkpoint other than the latest',
} as const;
