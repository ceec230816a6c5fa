import { gatherOverrides } from '../config/parse/gather-overrides';
import type { Registry } from '../config/resolve/registry';
import { ExitCode, UserError } from '../errors';
import { RunAssembly } from '../experiment/assembly';
import { findExperiment, goalsOf } from '../experiment/find-experiment';
import { type Goal, goalOf } from '../kinds/metric';
import { countOf, type Suggestion, suggestionOf } from '../kinds/searcher';
import type { Monitor } from '../monitor/monitor';
import { thousands } from '../util/format';
import { SweepAssembly } from './assembly';
import { boundarySuggestions } from './boundary-suggestions';
import { checkAll } from './check-all';
import type { Objective } from './objective';
import { settingsOfJob } from './plan';
import { parseSweptSettings, type SweptSettings } from './search-space';

/** What a sweep works with. */
export interface SweepContext {
  readonly registry: Registry;
  readonly monitor: Monitor;
  /** The folder of all runs. */
  readonly runs: string;
  /** The words that start `exp`. */
  readonly exp: readonly string[];
}

/** What is asked for, as it was typed. */
export interface SweepRequest {
  readonly experiment: string;
  /** The experiment's settings, some of them with several values. */
  readonly settings: readonly string[];
  /** The sweep's own settings. */
  readonly sweep: readonly string[];
  /** What a sweep that is resumed was recorded with; left out, it follows from the sweep's settings. */
  readonly objective?: Objective;
}

/** A sweep that was asked for: nothing of it is made yet but its searcher and its launcher. */
export class Sweep {
  readonly swept: SweptSettings;
  readonly assembly: SweepAssembly;
  /** How many jobs there are. */
  readonly total: number;

  /** @throws UserError where the sweep's own settings are wrong, or what is swept */
  constructor(
    private readonly surroundings: SweepContext,
    readonly request: SweepRequest,
  ) {
    const assemble = () => new SweepAssembly(surroundings.registry, request.sweep);
    const parse = () => parseSweptSettings(request.settings);
    checkAll<() => unknown>([assemble, parse], (make) => make());
    this.assembly = assemble();
    this.swept = parse();
    this.total = countOf(this.assembly.settings.searcher, this.swept.space);
    checkTotal(this.total);
  }

  /** What says how good a job is; the goal is the metric's own where none is set. */
  get objective(): Objective {
    if (this.request.objective) return this.request.objective;
    const { metric, goal, value } = this.assembly.settings;
    const declared = goalsOf(findExperiment(this.surroundings.registry, this.request.experiment));
    return { metric, goal: (goal as Goal | undefined) ?? goalOf(metric, declared), value };
  }

  /** All settings of a job, as `exp run` takes them. */
  settingsOf(suggestion: Suggestion): string[] {
    return settingsOfJob(this.swept, suggestion, this.assembly.settings.launcher.defaults);
  }

  /** The swept settings of every job; none where each follows from how others ended. */
  async suggestions(): Promise<Suggestion[]> {
    const { searcher } = this.assembly.settings;
    const all: Suggestion[] = [];
    for (let job = 0; job < this.total && !searcher.isAdaptive; job++) {
      all.push(await suggestionOf(searcher, this.swept.space, job));
    }
    return all;
  }

  /** Checks the settings of every job as `exp run` would. @throws UserError telling every mistake */
  check(suggestions: readonly Suggestion[]): void {
    const { registry, monitor } = this.surroundings;
    const { isAdaptive } = this.assembly.settings.searcher;
    checkAll(isAdaptive ? boundarySuggestions(this.swept.space) : suggestions, (suggestion) => {
      // The launcher's settings are left out, so that the words are counted as they were typed.
      const overrides = gatherOverrides({ args: settingsOfJob(this.swept, suggestion) });
      new RunAssembly({ registry, monitor, name: this.request.experiment, overrides });
    });
  }
}

/** More jobs than any sweep has: numbers beyond it are a slip. */
const MAX_JOBS = 100_000;

function checkTotal(total: number): void {
  if (total <= MAX_JOBS) return;
  throw new UserError(`The sweep would have ${thousands(total)} jobs, of at most ${thousands(MAX_JOBS)}.`, {
    hints: ['Sweep fewer values, or choose some of them at random: --sweep searcher=Random searcher.trials=100'],
    exitCode: ExitCode.usage,
  });
}
