import { gatherOverrides } from '../config/parse/gather-overrides';
import { readProjectFile } from '../project/project-file';
import { projectRoot } from '../project/project-root';
import type { Registry } from '../config/resolve/registry';
import { ExitCode, UserError } from '../errors';
import { RunContainer } from '../experiment/run-container';
import { findExperiment, goalsOf } from '../experiment/find-experiment';
import { type Goal, defaultMetric, goalOf } from '../kinds/metric';
import { countOf, type Suggestion, suggestionOf } from '../kinds/searcher';
import type { Monitor } from '../monitor/monitor';
import { thousands } from '../util/format';
import { SweepContainer } from './sweep-container';
import { boundarySuggestions } from './boundary-suggestions';
import { checkAll } from './check-all';
import type { Objective } from './objective';
import { settingsOfJob } from './plan';
import { parseSweptSettings, type SweptSettings } from './search-space';

/** Context of a sweep. */
export interface SweepContext {
  readonly registry: Registry;
  readonly monitor: Monitor;
  /** Folder of all runs. */
  readonly runs: string;
  /** Command line that starts `exp`. */
  readonly exp: readonly string[];
  /** Asks the sweep to stop, instead of the signals of the process. */
  readonly signal?: AbortSignal;
  /** The project's folder; by default that of the working directory. */
  readonly project?: string;
  /** Further environment variables of the jobs. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Request for a sweep, as typed. */
export interface SweepRequest {
  readonly experiment: string;
  /** Settings of the experiment, some of them with several values. */
  readonly settings: readonly string[];
  /** Settings of the sweep itself. */
  readonly sweep: readonly string[];
  /** Recorded objective of a resumed sweep; by default it follows from the sweep's settings. */
  readonly objective?: Objective;
}

/** A requested sweep; only its searcher and its launcher have been created. */
export class Sweep {
  readonly swept: SweptSettings;
  readonly container: SweepContainer;
  /** Total number of jobs. */
  readonly total: number;

  /** @throws UserError if the sweep's own settings or the swept settings are invalid */
  constructor(
    private readonly context: SweepContext,
    readonly request: SweepRequest,
  ) {
    const assemble = () => new SweepContainer(context.registry, request.sweep);
    const parse = () => parseSweptSettings(request.settings);
    checkAll<() => unknown>([assemble, parse], (make) => make());
    this.container = assemble();
    this.swept = parse();
    this.total = countOf(this.container.settings.searcher, this.swept.space);
    checkTotal(this.total);
  }

  /** Objective of the sweep; the goal is the metric's own if none is set. */
  get objective(): Objective {
    if (this.request.objective) return this.request.objective;
    const declared = goalsOf(findExperiment(this.context.registry, this.request.experiment));
    const { metric = defaultMetric(declared), goal, value } = this.container.settings;
    return { metric, goal: (goal as Goal | undefined) ?? goalOf(metric, declared), value };
  }

  /** All settings of a job, as arguments of `exp run`. */
  settingsOf(suggestion: Suggestion): string[] {
    return settingsOfJob(this.swept, suggestion, this.container.settings.launcher.defaults);
  }

  /** Swept settings of every job; empty for an adaptive searcher. */
  async suggestions(): Promise<Suggestion[]> {
    const { searcher } = this.container.settings;
    const all: Suggestion[] = [];
    for (let job = 0; job < this.total && !searcher.isAdaptive; job++) {
      all.push(await suggestionOf(searcher, this.swept.space, job));
    }
    return all;
  }

  /** Checks the settings of every job as `exp run` would. @throws UserError listing every mistake */
  check(suggestions: readonly Suggestion[]): void {
    const { registry, monitor } = this.context;
    const { experiment } = this.request;
    const { isAdaptive } = this.container.settings.searcher;
    const project = readProjectFile(this.context.project ?? projectRoot());
    checkAll(isAdaptive ? boundarySuggestions(this.swept.space) : suggestions, (suggestion) => {
      // Without the launcher's defaults, so that the positions of arguments in messages are those typed.
      const overrides = gatherOverrides({
        args: settingsOfJob(this.swept, suggestion),
        project: { file: project, experiment },
      });
      new RunContainer({ registry, monitor, name: experiment, overrides });
    });
  }
}

/** Maximum number of jobs; more are assumed to be a mistake. */
const MAX_JOBS = 100_000;

function checkTotal(total: number): void {
  if (total <= MAX_JOBS) return;
  throw new UserError(
    `The sweep would have ${thousands(total)} jobs, more than the maximum of ${thousands(MAX_JOBS)}.`,
    {
      hints: ['Sweep fewer values, or choose some of them at random: --sweep searcher=Random searcher.trials=100'],
      exitCode: ExitCode.usage,
    },
  );
}
