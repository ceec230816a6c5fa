import type { ExchangeProgress } from '../tensorflow/distributed/mpi';

/** Message between workers. */
export type Message =
  /** First message of a worker: its number, and its time in milliseconds since 1970. */
  | { readonly type: 'hello'; readonly index: number; readonly addresses: readonly string[]; readonly clock: number }
  /** Heartbeat, with the progress of the worker's exchanges if known. */
  | { readonly type: 'beat'; readonly progress?: ExchangeProgress }
  /** The sender's value for a gather. */
  | { readonly type: 'value'; readonly name: string; readonly value: unknown }
  /** The chief's answer to the values of all. */
  | { readonly type: 'answer'; readonly name: string; readonly value: unknown }
  /** The run has ended, and why. */
  | { readonly type: 'end'; readonly reason: string };

type Fields = Readonly<Record<string, unknown>>;

/** Validators for the fields of each type of message. */
const CHECKS: Readonly<Record<Message['type'], (fields: Fields) => boolean>> = {
  hello: ({ index, addresses, clock }) =>
    Number.isInteger(index) &&
    Number.isFinite(clock) &&
    Array.isArray(addresses) &&
    addresses.every((address) => typeof address === 'string'),
  beat: ({ progress }) => progress === undefined || isProgress(progress),
  value: ({ name }) => typeof name === 'string',
  answer: ({ name }) => typeof name === 'string',
  end: ({ reason }) => typeof reason === 'string',
};

function isProgress(progress: unknown): boolean {
  const { begun, waiting } = (progress ?? {}) as Fields;
  return Number.isFinite(begun) && Number.isFinite(waiting);
}

/** @returns undefined if the text is not a valid message */
export function parseMessage(text: string): Message | undefined {
  try {
    const message = JSON.parse(text) as Message | null;
    return message && Object.hasOwn(CHECKS, message.type) && CHECKS[message.type]({ ...message }) ? message : undefined;
  } catch {
    return undefined;
  }
}
