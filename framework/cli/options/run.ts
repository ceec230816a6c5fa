/** Positional argument for a run. */
export const RUN = {
  type: 'string',
  demandOption: true,
  describe: 'ID, unique prefix of it, name or folder of a run; or latest',
} as const;

/** Positional argument for several runs. */
export const RUNS = {
  type: 'string',
  array: true,
  demandOption: true,
  describe: 'IDs, unique prefixes, names or folders of runs; or latest',
} as const;

/** Positional argument for a checkpoint of a run. */
export const CHECKPOINT = {
  type: 'string',
  demandOption: true,
  describe:
    'ID, unique prefix of it, name or folder of a run; or latest. Append @STEP or @best to select a checkpoint other than the latest',
} as const;
