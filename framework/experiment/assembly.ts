import { Container } from 'inversify';
import { Checkpoints } from '../checkpoint/checkpoints';
import type { Cluster } from '../cluster/cluster';
import type { Override } from '../config/parse/override';
import type { Registry } from '../config/resolve/registry';
import { Resolution } from '../config/resolve/resolution';
import type { Goals } from '../kinds/metric';
import { UserError, messageOf } from '../errors';
import type { Tracker } from '../kinds/tracker';
import { Monitor } from '../monitor/monitor';
import { Random } from '../random/random';
import type { Attempt } from '../run/status/attempt';
import type { ConfigRecord } from '../run/config-file';
import { ownVersions } from '../run/environment/environment-record';
import { HardwareWatch } from '../run/environment/hardware';
import { RunFolder } from '../run/run-folder';
import { updateRecord } from '../run/run-record';
import type { Engine } from '../tensorflow/engine';
import { loadedTensorFlow } from '../tensorflow/load';
import { Tracking } from '../tracker/tracking';
import { engineFor } from './lifecycle/compute';
import type { Experiment, ExperimentSettings } from './experiment';
import { configOf, hashOf } from './lifecycle/config-record';
import { findExperiment, goalsOf } from './find-experiment';
import { Profiler, checkProfile } from './lifecycle/profiler';
import { Run } from './run';
import { StopSignal } from './lifecycle/stop-signal';
import { Tuning } from './lifecycle/tuning';
import type { Workers } from './distributed/workers';

/** What an assembly is made of. */
export interface RunOptions {
  readonly registry: Registry;
  readonly monitor: Monitor;
  /** The name of the experiment's option. */
  readonly name: string;
  /** Settings that were given. */
  readonly overrides: readonly Override[];
  /** Whether some steps of training are to be recorded. */
  readonly profile?: boolean;
  /** The processes that train it together, where there are several. */
  readonly cluster?: Cluster | undefined;
}

/**
 * The composition root: one experiment with its config and its services in a container of its own, so that two runs can live in one
 * process. The config is checked when the assembly is made; nothing heavy is made before `connect`.
 */
export class RunAssembly {
  readonly stop: StopSignal;
  readonly resolution: Resolution;
  readonly settings: ExperimentSettings;
  /** The goals of metrics that the experiment declares. */
  readonly goals: Goals;
  private readonly container = new Container();
  private readonly tracking: Tracking;
  /** Where this process writes it. */
  private folder: RunFolder | undefined;
  private engine: Engine | undefined;
  private tuning: Tuning | undefined;
  private attempt: Attempt | undefined;
  private checkpoints: Checkpoints | undefined;
  private recorded: ConfigRecord | undefined;
  private hardware: HardwareWatch | undefined;

  /** @throws UserError listing everything that is wrong with the overrides */
  constructor(private readonly ingredients: RunOptions) {
    const { registry, monitor, name, overrides } = ingredients;
    this.tracking = new Tracking((text) => monitor.log(text));
    this.stop = new StopSignal({
      onFirst: () => monitor.log('Stopping after this step. Press Ctrl-C again to stop at once, without saving.'),
      onLast: (reason) => this.recordAbort(reason),
    });
    const experiment = findExperiment(registry, name);
    this.goals = goalsOf(experiment);
    this.resolution = new Resolution(registry, experiment, overrides, this.container, (what, make) =>
      monitor.sectionSync(`Prepare ${what}`, make),
    );
    this.settings = this.resolution.root.settings as ExperimentSettings;
    if (ingredients.profile) checkProfile(this.settings);
  }

  /**
   * Gives the experiment its folder and makes it. TensorFlow must be loaded.
   * @param engine what runs its steps; given up
   * @param workers where several train it together
   * @param attempt this process's turn at writing the run, if it does
   */
  createExperiment(
    folder: RunFolder,
    engine = engineFor(this.settings),
    workers?: Workers,
    attempt?: Attempt,
  ): Experiment {
    const { monitor, profile } = this.ingredients;
    const random = Random.fromSeed(this.settings.seed);
    const isChief = workers?.isChief ?? true;
    if (isChief) this.folder = folder;
    this.attempt = attempt;
    this.engine = engine;
    const checkWriter = () => attempt?.checkWriter();
    const checkpoints = new Checkpoints(folder.checkpoints, engine, () => this.origin(), this.goals, checkWriter);
    this.checkpoints = checkpoints;
    const tuning = new Tuning(folder, this.resolution.dynamic, (text) => monitor.log(text));
    this.tuning = tuning;
    const profiler = profile && isChief ? new Profiler(engine, folder, monitor, this.tracking) : undefined;
    this.container.bind(RunFolder).toConstantValue(folder);
    this.container.bind(Monitor).toConstantValue(monitor);
    this.container
      .bind(Run)
      .toConstantValue(
        new Run(folder, monitor, this.tracking, checkpoints, random, this.stop, engine, tuning, profiler, workers),
      );
    return this.resolution.make() as Experiment;
  }

  /** Every setting with its value: as it is when this is first asked, which is when the data is open and before anything is tuned. */
  get config(): ConfigRecord {
    return (this.recorded ??= configOf(this.resolution, this.ingredients.name));
  }

  /** What its checkpoints are of. */
  private origin() {
    const versions = { ...ownVersions(), tensorflow: loadedTensorFlow().version };
    return { experiment: this.ingredients.name, config: hashOf(this.config), versions };
  }

  /** Puts on the disk what can be, in a process that ends at once. */
  private recordAbort(reason: Error | undefined): void {
    if (!this.folder || this.attempt?.isOvertaken) return;
    const how = reason ? ({ status: 'failed', error: reason.message } as const) : ({ status: 'interrupted' } as const);
    updateRecord(this.folder, { ...how, endedAt: new Date().toISOString() });
    this.tracking.flush();
  }

  /** Makes named settings count from an update on, whatever was tuned before. @param step the last update before */
  supersede(step: number, named: readonly Override[]): void {
    this.tuning?.supersede(step, named);
  }

  /** Makes the trackers; from now on what is measured is kept. @param resumedAfter the last step whose points are kept, if it is resumed */
  startTracking(resumedAfter?: number): void {
    const { hardwareEverySeconds } = this.settings;
    const trackers = this.resolution.makeAll('trackers', (name, error) => {
      if (error instanceof UserError) throw error;
      this.ingredients.monitor.log(`${name} cannot be used: ${messageOf(error)}. Training continues without it.`);
    });
    this.tracking.use(trackers as Tracker[], resumedAfter);
    if (hardwareEverySeconds === 0) return;
    const hardware = (this.hardware = new HardwareWatch(hardwareEverySeconds));
    this.tracking.addSource(() => hardware.take());
  }

  /** Called when the run has come to its end. @throws UserError where no checkpoint has the metric of checkpoint.best */
  async requireBest(): Promise<void> {
    await this.checkpoints?.requireMetric(this.settings.checkpoint.best);
  }

  /** Closes whatever was opened, in reverse. What is being saved is brought to its end. */
  async close(): Promise<void> {
    this.hardware?.close();
    try {
      await this.checkpoints?.flush();
    } finally {
      await this.closeAll();
    }
  }

  private async closeAll(): Promise<void> {
    try {
      await this.resolution.close((closed, error) => this.tracking.handleCloseError(closed, error));
    } finally {
      this.engine?.close();
    }
  }
}
