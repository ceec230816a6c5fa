import type { CommandModule } from 'yargs';

/** A command of `exp`: it parses, calls and prints; all that it knows is elsewhere. */
export type Command<A = object> = CommandModule<object, A>;
