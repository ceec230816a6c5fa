import { type BatchesOptions, generated, type Random, type Source } from 'explab';
import type { TokenBatch, Windows } from './windows';

/**
 * Batches of windows drawn at random; an epoch has as many tokens as the text, rounded down to whole batches.
 * @param windows open
 * @param contextLength tokens that a window adds to the epoch
 */
export function randomWindows(
  windows: Windows,
  contextLength: number,
  random: Random,
  { batchSize, share }: Pick<BatchesOptions, 'batchSize' | 'share'>,
): Source<TokenBatch> {
  const batchesPerEpoch = Math.max(1, Math.floor(windows.size / (batchSize * contextLength)));
  const draw = (epoch: number, batch: number) => {
    const draws = random.at(epoch * batchesPerEpoch + batch).uniforms(batchSize);
    return windows.read(draws.map((draw) => Math.floor(draw * windows.count)));
  };
  return generated(batchesPerEpoch, draw, { batchSize, share });
}
