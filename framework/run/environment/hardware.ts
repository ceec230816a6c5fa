import { performance } from 'node:perf_hooks';
import { mebibytes } from './machine';
import { queryGpus } from './gpus';

/**
 * Periodically samples the hardware usage of this process until it is closed: `hardware/cpu` in percent of one core, `hardware/memory` in
 * MiB, and for each NVIDIA GPU, including usage by other processes, `hardware/gpu0/utilization` in percent and `hardware/gpu0/memory` in
 * MiB.
 */
export class HardwareWatch {
  private readonly timer: NodeJS.Timeout;
  private readonly sums = new Map<string, { sum: number; count: number }>();
  private cpu = process.cpuUsage();
  private measuredAt = performance.now();
  private readonly closing = new AbortController();
  private isQuerying = false;
  private hasDriver = true;

  constructor(everySeconds: number) {
    this.timer = setInterval(() => void this.measure(), everySeconds * 1000).unref();
  }

  /** Means of the samples since the last call. */
  take(): Record<string, number> {
    const means = [...this.sums].map(([name, { sum, count }]) => [name, sum / count] as const);
    this.sums.clear();
    return Object.fromEntries(means);
  }

  /** Stops immediately, even during a query of the GPUs. */
  close(): void {
    clearInterval(this.timer);
    this.closing.abort();
  }

  private async measure(): Promise<void> {
    const [{ user, system }, now] = [process.cpuUsage(this.cpu), performance.now()];
    // CPU time in microseconds over elapsed time in milliseconds.
    this.add('cpu', ((user + system) / 1000 / (now - this.measuredAt)) * 100);
    this.add('memory', mebibytes(process.memoryUsage.rss()));
    this.cpu = process.cpuUsage();
    this.measuredAt = now;
    await this.measureGpus();
  }

  private async measureGpus(): Promise<void> {
    if (this.isQuerying || !this.hasDriver) return;
    this.isQuerying = true;
    const gpus = await queryGpus(['index', 'utilization.gpu', 'memory.used'], this.closing.signal);
    this.isQuerying = false;
    this.hasDriver = gpus !== undefined;
    for (const [index = '', utilization, memory] of gpus ?? []) {
      this.add(`gpu${index}/utilization`, Number(utilization));
      this.add(`gpu${index}/memory`, Number(memory));
    }
  }

  private add(name: string, value: number): void {
    // A GPU may answer "[N/A]".
    if (!Number.isFinite(value)) return;
    const { sum = 0, count = 0 } = this.sums.get(`hardware/${name}`) ?? {};
    this.sums.set(`hardware/${name}`, { sum: sum + value, count: count + 1 });
  }
}
