import { UserError, optional, value } from 'explab';

/** Settings of the U-Net; the defaults are the paper's. */
export class UNetSettings {
  /** Number of image channels: 3 for colour, 1 for grey. */
  imageChannels = value(3, { integer: true, min: 1 });
  /** Number of classes the network is conditioned on; unconditional if unset. */
  classes = optional('number', { integer: true, min: 1 });
  /** Number of channels of the first feature map. */
  channels = value(64, { integer: true, min: 16 });
  /** Channel multiplier of each resolution, relative to the previous one. */
  multipliers = value([1, 2, 2, 4], { integer: true, min: 1, minItems: 1 });
  /** Attention at each resolution. */
  attention = value([false, false, false, true]);
  /** Number of residual blocks per resolution. */
  blocks = value(2, { integer: true, min: 1 });
  /** Number of attention heads. */
  heads = value(1, { integer: true, min: 1 });
  /** Number of channels per head; by default the channels of the resolution are divided among the heads. */
  headSize = optional('number', { integer: true, min: 1 });
  /** Number of groups of each group normalization. */
  groups = value(32, { integer: true, min: 1 });
  /** Number of groups of the group normalization before the last convolution. */
  finalGroups = value(8, { integer: true, min: 1 });
  /** Number of channels of the time embedding; four times those of the first feature map by default. */
  timeChannels = optional('number', { integer: true, min: 8 });
  /** Scale and shift the normalized activations by the time embedding, instead of adding it before. */
  scaleShift = value(false);
  /** Dropout rate during training. */
  dropout = value(0.1, { min: 0, max: 0.9 });
}

/** Number of channels at each resolution. */
export function channelsOf({ channels, multipliers }: UNetSettings): number[] {
  let current = channels;
  return multipliers.map((multiplier) => (current *= multiplier));
}

/** Number of channels of the time embedding. */
export function timeChannelsOf({ channels, timeChannels = 4 * channels }: UNetSettings): number {
  return timeChannels;
}

/** @throws UserError for an inconsistent network, before any of it is built */
export function checkSettings(settings: UNetSettings): void {
  checkLengths(settings);
  checkGroups(settings);
  checkHeads(settings);
  checkTimeChannels(settings);
}

function checkLengths({ multipliers, attention }: UNetSettings): void {
  if (multipliers.length === attention.length) return;
  throw new UserError(`model.multipliers has ${multipliers.length} items and model.attention ${attention.length}.`, {
    hints: ['Give one of each per resolution: --set model.multipliers=[1,2] model.attention=[false,true]'],
  });
}

/** Channels of concatenated or later feature maps are sums and multiples of the ones checked here. */
function checkGroups(settings: UNetSettings): void {
  const { channels, groups, finalGroups } = settings;
  const wrong = [channels, ...channelsOf(settings)].find((each) => each % groups !== 0);
  if (wrong !== undefined) throw indivisible('groups', groups, wrong, channels);
  if (channels % finalGroups !== 0) throw indivisible('finalGroups', finalGroups, channels, channels);
}

function indivisible(name: string, groups: number, wrong: number, channels: number): UserError {
  const fitting = divisorsOf(channels).filter((each) => each <= groups);
  return new UserError(`model.${name}=${groups} does not divide ${wrong} channels.`, {
    hints: [`For model.channels=${channels}: --set model.${name}=${fitting.at(-1)}, or one of ${fitting.join(', ')}`],
  });
}

/** Checks that the heads divide the channels. */
function checkHeads(settings: UNetSettings): void {
  const { heads, headSize, attention } = settings;
  if (headSize !== undefined) return;
  const channels = channelsOf(settings);
  const attending = [...channels.filter((_, level) => attention[level]), ...channels.slice(-1)];
  const wrong = attending.find((each) => each % heads !== 0);
  if (wrong === undefined) return;
  throw new UserError(`model.heads=${heads} does not divide ${wrong} channels.`, {
    hints: ['Choose another number of heads, or set the channels per head: --set model.headSize=16'],
  });
}

/** An eighth of the channels are sines, and an eighth cosines. */
function checkTimeChannels(settings: UNetSettings): void {
  const channels = timeChannelsOf(settings);
  if (channels % 8 === 0) return;
  throw new UserError(`model.timeChannels=${channels} is not a multiple of 8.`, {
    hints: [`Nearest multiple: --set model.timeChannels=${8 * Math.max(1, Math.round(channels / 8))}`],
  });
}

function divisorsOf(number: number): number[] {
  return Array.from({ length: number }, (_, index) => index + 1).filter((each) => number % each === 0);
}
