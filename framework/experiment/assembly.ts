import { Container } from 'inversify';
import { Checkpoints } from '../checkpoint/checkpoints';
import type { Cluster } from '../cluster/cluster';
import type { Override } from '../config/override';
import type { Registry } from '../config/registry';
import { Resolution } from '../config/resolution';
import { Monitor } from '../monitor/monitor';
import { Random } from '../random/random';
import { HardwareWatch } from '../run/environment/hardware';
import { RunFolder } from '../run/run-folder';
import type { Engine } from '../tensorflow/engine';
import { Tracking } from '../tracker/tracking';
import { engineFor } from './compute';
import type { Experiment, ExperimentSettings } from './experiment';
import { findExperiment } from './find-experiment';
import { Profiler, checkProfile } from './profiler';
import { Run } from './run';
import { StopSignal } from './stop-signal';
import { Tuning } from './tuning';
import type { Workers } from './workers';

/** What an assembly is made of. */
export interface Ingredients {
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
export class Assembly {
  readonly stop: StopSignal;
  readonly resolution: Resolution;
  readonly settings: ExperimentSettings;
  private readonly container = new Container();
  private readonly tracking = new Tracking();
  private engine: Engine | undefined;
  private hardware: HardwareWatch | undefined;

  /** @throws UserError listing everything that is wrong with the overrides */
  constructor(private readonly ingredients: Ingredients) {
    const { registry, monitor, name, overrides } = ingredients;
    this.stop = new StopSignal(() =>
      monitor.say('Stopping after this step. Press Ctrl-C again to stop at once, without saving.'),
    );
    this.resolution = new Resolution(
      registry,
      findExperiment(registry, name),
      overrides,
      this.container,
      (what, make) => monitor.sectionSync(`Prepare ${what}`, make),
    );
    this.settings = this.resolution.root.settings as ExperimentSettings;
    if (ingredients.profile) checkProfile(this.settings);
  }

  /**
   * Gives the experiment its folder and makes it. TensorFlow must be loaded.
   * @param engine what runs its steps; given up
   * @param workers where several train it together
   */
  connect(folder: RunFolder, engine = engineFor(this.settings), workers?: Workers): Experiment {
    const { monitor, profile } = this.ingredients;
    const random = Random.fromSeed(this.settings.seed);
    this.engine = engine;
    const checkpoints = new Checkpoints(folder.checkpoints, engine);
    const tuning = new Tuning(folder, this.resolution.dynamic, (text) => monitor.say(text));
    const profiler = profile ? new Profiler(engine, folder, monitor, this.tracking) : undefined;
    this.container.bind(RunFolder).toConstantValue(folder);
    this.container.bind(Monitor).toConstantValue(monitor);
    this.container
      .bind(Run)
      .toConstantValue(
        new Run(folder, monitor, this.tracking, checkpoints, random, this.stop, engine, tuning, profiler, workers),
      );
    return this.resolution.make() as Experiment;
  }

  /** Makes the trackers; from now on what is measured is kept. */
  track(): void {
    const { trackers, hardwareEverySeconds } = this.settings;
    this.tracking.use(trackers);
    if (hardwareEverySeconds === 0) return;
    const hardware = (this.hardware = new HardwareWatch(hardwareEverySeconds));
    this.tracking.accompany(() => hardware.take());
  }

  /** Closes whatever was opened, in reverse. */
  async close(): Promise<void> {
    this.hardware?.close();
    try {
      await this.resolution.close();
    } finally {
      this.engine?.close();
    }
  }
}
