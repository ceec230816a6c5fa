import type { ExchangeProgress } from '../tensorflow/distributed/mpi';

/** What workers send each other. */
export type Message =
  /** Who is speaking, and what time it is there, in milliseconds since 1970: the first message of a worker. */
  | { readonly type: 'hello'; readonly index: number; readonly addresses: readonly string[]; readonly clock: number }
  /** A heartbeat, with how far the worker's exchanges have come, where it knows. */
  | { readonly type: 'beat'; readonly progress?: ExchangeProgress }
  /** A value of the sender for what all come together for. */
  | { readonly type: 'value'; readonly name: string; readonly value: unknown }
  /** The chief's answer to the values of all. */
  | { readonly type: 'answer'; readonly name: string; readonly value: unknown }
  /** What ended the run. */
  | { readonly type: 'end'; readonly word: string };

type Fields = Readonly<Record<string, unknown>>;

/** Whether the fields of each type of message are what they should be. */
const CHECKS: Readonly<Record<Message['type'], (fields: Fields) => boolean>> = {
  hello: ({ index, addresses, clock }) =>
    Number.isInteger(index) &&
    Number.isFinite(clock) &&
    Array.isArray(addresses) &&
    addresses.every((address) => typeof address === 'string'),
  beat: ({ progress }) => progress === undefined || isProgress(progress),
  value: ({ name }) => typeof name === 'string',
  answer: ({ name }) => typeof name === 'string',
  end: ({ word }) => typeof word === 'string',
};

function isProgress(progress: unknown): boolean {
  const { begun, waiting } = (progress ?? {}) as Fields;
  return Number.isFinite(begun) && Number.isFinite(waiting);
}

/** @returns undefined for a text that is no message */
export function parseMessage(text: string): Message | undefined {
  try {
    const message = JSON.parse(text) as Message | null;
    return message && Object.hasOwn(CHECKS, message.type) && CHECKS[message.type]({ ...message }) ? message : undefined;
  } catch {
    return undefined;
  }
}
