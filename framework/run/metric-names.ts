/** Whether a metric tells of the machine rather than of the model. */
export function isOfHardware(metric: string): boolean {
  return metric.startsWith('hardware/');
}

/** Names of metrics as they are tracked, those of the hardware last. */
export function inReadingOrder(metrics: readonly string[]): string[] {
  return [...metrics].sort((a, b) => Number(isOfHardware(a)) - Number(isOfHardware(b)));
}
