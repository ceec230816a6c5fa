import type { ProjectFile } from '../../project/project-file';
import { fileOverrides } from './config-file';
import type { Environment, Override } from './override';

/** The settings of an experiment among a project's defaults: those of every experiment, then its own. */
export function projectOverrides(
  { source, settings, experiments }: ProjectFile,
  experiment: string,
  environment: Environment = process.env,
): Override[] {
  if (!source) return [];
  const sections = [
    ...(Object.keys(settings).length > 0 ? [['settings']] : []),
    ...(Object.keys(experiments[experiment] ?? {}).length > 0 ? [['experiments', experiment]] : []),
  ];
  return sections.flatMap((keys) =>
    fileOverrides(source.file, environment, { keys: [...source.keys, ...keys], origin: 'project' }),
  );
}
