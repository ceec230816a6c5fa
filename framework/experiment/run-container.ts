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
import type { Experiment } from './experiment';
import type { ExperimentSettings } from './settings';
import { configOf, hashOf } from './lifecycle/config-record';
import { findExperiment, goalsOf } from './find-experiment';
import { Profiler, checkProfile } from './lifecycle/profiler';
import { Run } from './run';
import { StopSignal } from './lifecycle/stop-signal';
import { Tuning } from './lifecycle/tuning';
import type { Workers } from './distributed/workers';

/** A program that runs an experiment as a part of it: signals, uncaught errors and the output of its process are its own. */
export interface Host {
  /** Asks the run to stop. */
  readonly signal: AbortSignal;
  /** Receives the metrics in addition to the trackers of the settings. */
  readonly tracker: Tracker;
}

/** Options of a run. */
export interface RunOptions {
  readonly registry: Registry;
  readonly monitor: Monitor;
  /** Name of the experiment. */
  readonly name: string;
  /** Settings given by the user. */
  readonly overrides: readonly Override[];
  /** Record the profile of some training steps. */
  readonly profile?: boolean;
  /** Processes that train the run together; undefined for a single process. */
  readonly cluster?: Cluster | undefined;
  /** Undefined if the process is that of the run. */
  readonly host?: Host | undefined;
}

/** Streams whose output belongs into the run's log file; undefined for those of the process. */
export function streamsOf({ host }: RunOptions): readonly NodeJS.WriteStream[] | undefined {
  return host && [];
}

/**
 * The composition root: one experiment with its config and services in its own container, so that one process can have several runs.
 * The constructor only checks the config; the expensive objects are created by `createExperiment`.
 */
export class RunContainer {
  readonly stop: StopSignal;
  readonly resolution: Resolution;
  readonly settings: ExperimentSettings;
  /** Goals of the metrics that the experiment declares. */
  readonly goals: Goals;
  private readonly container = new Container();
  private readonly tracking: Tracking;
  /** Undefined unless this process writes the run. */
  private folder: RunFolder | undefined;
  private engine: Engine | undefined;
  private tuning: Tuning | undefined;
  private attempt: Attempt | undefined;
  private checkpoints: Checkpoints | undefined;
  private configRecord: ConfigRecord | undefined;
  private hardware: HardwareWatch | undefined;

  /** @throws UserError listing all mistakes in the overrides */
  constructor(private readonly options: RunOptions) {
    const { registry, monitor, name, overrides, host } = options;
    this.tracking = new Tracking((text) => monitor.log(text));
    const hint = host ? '' : ' Press Ctrl-C again to stop at once, without saving.';
    const onFirst = () => monitor.log(`Stopping after this step.${hint}`);
    this.stop = new StopSignal({ onFirst, onLast: (reason) => this.recordAbort(reason) }, host?.signal);
    const experiment = findExperiment(registry, name);
    this.goals = goalsOf(experiment);
    this.resolution = new Resolution(registry, experiment, overrides, this.container, (what, make) =>
      monitor.sectionSync(`Prepare ${what}`, make),
    );
    this.settings = this.resolution.root.settings as ExperimentSettings;
    if (options.profile) checkProfile(this.settings);
  }

  /**
   * Creates the experiment. TensorFlow must be loaded.
   * @param engine runs its steps; owned by this object from now on
   * @param workers undefined for a single process
   * @param attempt this process's attempt at the run; undefined if it does not write the run
   */
  createExperiment(
    folder: RunFolder,
    engine = engineFor(this.settings),
    workers?: Workers,
    attempt?: Attempt,
  ): Experiment {
    const { monitor, profile } = this.options;
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

  /** All settings with their values at the first call, which is after the data is opened and before any tuning. */
  get config(): ConfigRecord {
    return (this.configRecord ??= configOf(this.resolution, this.options.name));
  }

  /** Origin recorded in its checkpoints. */
  private origin() {
    const versions = { ...ownVersions(), tensorflow: loadedTensorFlow().version };
    return { experiment: this.options.name, config: hashOf(this.config), versions };
  }

  /** Writes the status and the logged points of a process that exits immediately. */
  private recordAbort(reason: Error | undefined): void {
    if (!this.folder || this.attempt?.isOvertaken) return;
    const outcome = reason
      ? ({ status: 'failed', error: reason.message } as const)
      : ({ status: 'interrupted' } as const);
    updateRecord(this.folder, { ...outcome, endedAt: new Date().toISOString() });
    this.tracking.flush();
  }

  /** Gives named settings precedence over earlier tuning. @param step the last completed step */
  supersede(step: number, named: readonly Override[]): void {
    this.tuning?.supersede(step, named);
  }

  /** Creates the trackers and starts logging. @param resumedAfter last step whose points are kept, for a resumed run */
  startTracking(resumedAfter?: number): void {
    const { hardwareEverySeconds } = this.settings;
    const trackers = this.resolution.makeAll('trackers', (name, error) => {
      if (error instanceof UserError) throw error;
      this.options.monitor.log(`${name} cannot be used: ${messageOf(error)}. Training continues without it.`);
    });
    const { host } = this.options;
    this.tracking.use([...(trackers as Tracker[]), ...(host ? [host.tracker] : [])], resumedAfter);
    if (hardwareEverySeconds === 0) return;
    const hardware = (this.hardware = new HardwareWatch(hardwareEverySeconds));
    this.tracking.addSource(() => hardware.take());
  }

  /** Called when the run has completed. @throws UserError if no checkpoint has the metric of checkpoint.best */
  async requireBest(): Promise<void> {
    await this.checkpoints?.requireMetric(this.settings.checkpoint.best);
  }

  /** Finishes pending saves, and closes everything in reverse order of opening. */
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
