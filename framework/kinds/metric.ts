/** Optimization direction of a metric: lower or higher is better. */
export type Goal = 'min' | 'max';

/** Goals of metrics by name, declared by an experiment: `{ 'valid/accuracy': 'max' }`. */
export type Goals = Readonly<Record<string, Goal>>;

/** Words in a metric's name that mean larger is better. */
const MORE_IS_BETTER = /accuracy|precision|recall|\b(f1|auc|psnr|ssim|map|iou)\b|score|reward|recognised|spread/i;

/** Goal of a metric: the declared one, or one guessed from its name. */
export function goalOf(metric: string, declared: Goals = {}): Goal {
  const goal = Object.hasOwn(declared, metric) ? declared[metric] : undefined;
  return goal ?? (MORE_IS_BETTER.test(metric) ? 'max' : 'min');
}

/** Metric that judges a run if none is chosen: `loss`, or the first of the declared ones if they lack it. */
export function defaultMetric(declared: Goals): string {
  return Object.hasOwn(declared, 'loss') ? 'loss' : (Object.keys(declared)[0] ?? 'loss');
}
