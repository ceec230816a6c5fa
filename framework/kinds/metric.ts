/** What is better of a metric: less, or more. */
export type Goal = 'min' | 'max';

/** Metrics of which more is better have such a word in their name; of all others less is. */
const MORE_IS_BETTER = /accuracy|precision|recall|\b(f1|auc|psnr|ssim|map|iou)\b|score|reward|recognised|spread/i;

export function goalOf(metric: string): Goal {
  return MORE_IS_BETTER.test(metric) ? 'max' : 'min';
}
