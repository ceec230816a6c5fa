import type { Argv } from 'yargs';
import type { Objective } from '../../sweep/objective';

/** Options of commands that rank the jobs of a sweep. */
export interface ObjectiveArguments {
  metric: string | undefined;
  goal: 'min' | 'max' | undefined;
  value: 'last' | 'best' | undefined;
}

/** Declares --metric, --goal and --value. */
export function withObjective<T>(args: Argv<T>): Argv<T & ObjectiveArguments> {
  return args
    .option('metric', { type: 'string', requiresArg: true, describe: 'Metric to rank jobs by' })
    .option('goal', {
      choices: ['min', 'max'] as const,
      describe: "Whether lower or higher is better; default: the metric's goal",
    })
    .option('value', { choices: ['last', 'best'] as const, describe: 'Which value of a job to use' });
}

/** The given parts of an objective. */
export function objectiveOf({ metric, goal, value }: ObjectiveArguments): Partial<Objective> {
  return { ...(metric !== undefined && { metric }), ...(goal && { goal }), ...(value && { value }) };
}
