import type { CommandModule } from 'yargs';

/** A command of `exp`: parses arguments, calls the framework and prints the result. */
export type Command<A = object> = CommandModule<object, A>;
