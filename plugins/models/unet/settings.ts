import { UserError, optional, value } from 'explab';

/** Settings of the U-Net; the defaults are the paper's. */
export class UNetSettings {
  /** Channels of the image: 3 for colour, 1 for grey. */
  imageChannels = value(3, { integer: true, min: 1 });
  /** How many classes of images it is told; none where it is left out. */
  classes = optional('number', { integer: true, min: 1 });
  /** Channels of the first feature map. */
  channels = value(64, { integer: true, min: 16 });
  /** By how much each resolution multiplies the channels of the one before. */
  multipliers = value([1, 2, 2, 4], { integer: true, min: 1, minItems: 1 });
  /** Whether each resolution has attention. */
  attention = value([false, false, false, true]);
  /** Residual blocks at each resolution. */
  blocks = value(2, { integer: true, min: 1 });
  /** Heads of each attention. */
  heads = value(1, { integer: true, min: 1 });
  /** Channels of each head; where it is left out, the heads share the channels of their resolution. */
  headSize = optional('number', { integer: true, min: 1 });
  /** Groups of each group normalization. */
  groups = value(32, { integer: true, min: 1 });
  /** Groups of the group normalization before the last convolution. */
  finalGroups = value(8, { integer: true, min: 1 });
  /** Channels of the time embedding; four times those of the first feature map where it is left out. */
  timeChannels = optional('number', { integer: true, min: 8 });
  /** Whether the time scales and shifts what is normalized, instead of being added before. */
  scaleShift = value(false);
  /** The share of activations that is dropped while training. */
  dropout = value(0.1, { min: 0, max: 0.9 });
}

/** The channels at each resolution. */
export function channelsOf({ channels, multipliers }: UNetSettings): number[] {
  let current = channels;
  return multipliers.map((multiplier) => (current *= multiplier));
}

/** The channels of the time embedding. */
export function timeChannelsOf({ channels, timeChannels = 4 * channels }: UNetSettings): number {
  return timeChannels;
}

/** @throws UserError for settings that make no network, before any of it is made */
export function checkSettings(settings: UNetSettings): void {
  checkLengths(settings);
  checkGroups(settings);
  checkHeads(settings);
  checkTimeChannels(settings);
}

function checkLengths({ multipliers, attention }: UNetSettings): void {
  if (multipliers.length === attention.length) return;
  throw new UserError(`model.multipliers has ${multipliers.length} items and model.attention ${attention.length}.`, {
    hints: ['Each resolution needs one of both: --set model.multipliers=[1,2] model.attention=[false,true]'],
  });
}

/** Channels of a later resolution, and of two beside each other, are sums and multiples of those here. */
function checkGroups(settings: UNetSettings): void {
  const { channels, groups, finalGroups } = settings;
  const wrong = [channels, ...channelsOf(settings)].find((each) => each % groups !== 0);
  if (wrong !== undefined) throw indivisible('groups', groups, wrong, channels);
  if (channels % finalGroups !== 0) throw indivisible('finalGroups', finalGroups, channels, channels);
}

function indivisible(name: string, groups: number, wrong: number, channels: number): UserError {
  const fitting = divisorsOf(channels).filter((each) => each <= groups);
  return new UserError(`model.${name}=${groups} does not divide ${wrong} channels into equal groups.`, {
    hints: [
      `For model.channels=${channels}: --set model.${name}=${fitting.at(-1)}, or another of ${fitting.join(', ')}`,
    ],
  });
}

/** Heads that share the channels need as many as each other. */
function checkHeads(settings: UNetSettings): void {
  const { heads, headSize, attention } = settings;
  if (headSize !== undefined) return;
  const channels = channelsOf(settings);
  const attending = [...channels.filter((_, level) => attention[level]), ...channels.slice(-1)];
  const wrong = attending.find((each) => each % heads !== 0);
  if (wrong === undefined) return;
  throw new UserError(`model.heads=${heads} cannot share ${wrong} channels equally.`, {
    hints: ['Choose another number of heads, or say how many channels each has: --set model.headSize=16'],
  });
}

/** An eighth of them are sines, and as many cosines. */
function checkTimeChannels(settings: UNetSettings): void {
  const channels = timeChannelsOf(settings);
  if (channels % 8 === 0) return;
  throw new UserError(`The time embedding has ${channels} channels, which 8 does not divide.`, {
    hints: [`The nearest: --set model.timeChannels=${8 * Math.max(1, Math.round(channels / 8))}`],
  });
}

function divisorsOf(number: number): number[] {
  return Array.from({ length: number }, (_, index) => index + 1).filter((each) => number % each === 0);
}
