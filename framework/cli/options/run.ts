/** The word of a command that names a run. */
export const RUN = {
  type: 'string',
  demandOption: true,
  describe: 'Its id or the beginning of it, its name or folder, or latest',
} as const;

/** The same for several runs. */
export const RUNS = {
  type: 'string',
  array: true,
  demandOption: true,
  describe: 'Their ids or the beginnings of them, their names or folders, or latest',
} as const;

/** The word of a command that names a checkpoint of a run. */
export const CHECKPOINT = {
  type: 'string',
  demandOption: true,
  describe:
    'A run: its id or the beginning of it, its name or folder, or latest; with @STEP or @best for another checkpoint than the newest',
} as const;
