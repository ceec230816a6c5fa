import { markOf } from '../config/option';
import { UserError } from '../errors';

/** How errors name a plugin: by its kind and option, `ImageDataset Stripes`, or by its class where it is no option. */
export function pluginName({ constructor }: object): string {
  const mark = markOf(constructor);
  return mark ? `${mark.kind.name} ${mark.name}` : constructor.name;
}

/**
 * The error for a plugin that returned something its kind does not allow.
 * @param subject what is wrong, such as `label of image 17`
 * @param got as it is to be shown
 */
export function contractError(plugin: object, subject: string, expected: string, got: unknown): UserError {
  return new UserError(`${pluginName(plugin)}: ${subject}: expected ${expected}, got ${String(got)}.`, {
    hints: ['This is a bug in the plugin, or in the data it reads. docs/plugins.md has the contract of each kind.'],
  });
}
