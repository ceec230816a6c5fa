import type { ProjectFile } from '../../project/project-file';
import { fileOverrides } from './config-file';
import { ErrorCollector } from '../resolve/error-collector';
import { type Environment, type Override, environmentOverrides, parseOverrides } from './override';
import { projectOverrides } from './project-overrides';

/** Sources of the user's settings. */
export interface Sources {
  /** Command-line arguments: `epochs=100`. */
  readonly args: readonly string[];
  /** YAML or JSON files; later files take precedence. */
  readonly files?: readonly string[];
  /** The project's defaults for an experiment. */
  readonly project?: { readonly file: ProjectFile; readonly experiment: string };
  /** Environment variables, for EXPLAB_SET and references. */
  readonly environment?: Environment;
}

/**
 * Collects the user's settings, in order of increasing precedence.
 * @throws UserError listing all files and arguments that cannot be parsed
 */
export function gatherOverrides({ args, files = [], project, environment = process.env }: Sources): Override[] {
  const errors = new ErrorCollector();
  const gather = (read: () => Override[]) => errors.capture(read) ?? [];
  const overrides = [
    ...gather(() => (project ? projectOverrides(project.file, project.experiment, environment) : [])),
    ...gather(() => environmentOverrides(environment)),
    ...files.flatMap((file) => gather(() => fileOverrides(file, environment))),
    ...gather(() => parseOverrides(args, environment)),
  ];
  errors.throw();
  return overrides;
}
