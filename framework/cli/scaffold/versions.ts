import { readManifest } from '../../project/manifest';
import { PACKAGE_ROOT, VERSION } from '../../util/own-package';

/** Versions for the package.json of what is written: of this package, and of the tools that it is checked with. */
export function versions(): { readonly version: string; readonly typescript: string; readonly nodeTypes: string } {
  const { dependencies = {}, devDependencies = {} } = readManifest(PACKAGE_ROOT) ?? {};
  const installed = { ...devDependencies, ...dependencies };
  return {
    version: VERSION,
    typescript: installed['typescript'] ?? '*',
    nodeTypes: installed['@types/node'] ?? '*',
  };
}
