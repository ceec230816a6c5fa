import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A Go module that pins the operators, and kubeconform, which checks manifests. */
const MODULE = join(__dirname, '../kubernetes');

/** Where the operators define their custom resources. */
const DEFINITIONS = [
  ['github.com/kubeflow/mpi-operator', 'manifests/base/kubeflow.org_mpijobs.yaml'],
  ['github.com/kubeflow/training-operator', 'manifests/base/crds/kubeflow.org_tfjobs.yaml'],
] as const;

interface Schema {
  type?: string;
  properties?: Record<string, unknown>;
}

interface Definition {
  spec: { names: { singular: string }; versions: [{ schema: { openAPIV3Schema: Schema } }] };
}

/** Writes the JSON Schema of each kind of the manifests into a folder. */
export function writeSchemas(folder: string): void {
  const write = (kind: string, schema: Schema): void =>
    writeFileSync(join(folder, `${kind}.json`), JSON.stringify(closed(schema)));
  for (const [module, file] of DEFINITIONS) {
    const { spec } = parse(readFileSync(join(moduleFolder(module), file), 'utf8')) as Definition;
    const [{ schema }] = spec.versions;
    write(spec.names.singular, schema.openAPIV3Schema);
    write('persistentvolumeclaim', claimIn(schema.openAPIV3Schema));
  }
}

/**
 * Checks a manifest.
 * @param folder has the schemas
 */
export function conform(folder: string, manifest: string): { status: number | null; output: string } {
  const schemas = join(folder, '{{.ResourceKind}}.json');
  const { status, stdout, stderr } = go(['tool', 'kubeconform', '-strict', '-schema-location', schemas], manifest);
  return { status, output: stdout + stderr };
}

function moduleFolder(module: string): string {
  const { stdout, stderr } = go(['mod', 'download', '-json', module]);
  const { Dir } = JSON.parse(stdout || '{}') as { Dir?: string };
  if (Dir === undefined) throw new Error(`${module} cannot be downloaded: ${stdout}${stderr}`);
  return Dir;
}

function go(args: readonly string[], input = '') {
  const ended = spawnSync('go', args, { cwd: MODULE, input, encoding: 'utf8' });
  if (ended.error)
    throw new Error(`Go cannot be started: ${ended.error.message}. Install it: https://go.dev/doc/install`);
  return ended;
}

/** The schema with unknown fields refused, as the API server does for kubectl. */
function closed(schema: Schema): Schema {
  return walk(schema, (_, value) =>
    value.type === 'object' && value.properties ? { ...value, additionalProperties: false } : value,
  );
}

/** The schema of a claim: pods may have one within, as the template of an ephemeral volume. */
function claimIn(schema: Schema): Schema {
  let claim: Schema = {};
  walk(schema, (key, value) => (key === 'volumeClaimTemplate' ? (claim = value) : value));
  return { ...claim, properties: { ...claim.properties, apiVersion: { const: 'v1' }, kind: { type: 'string' } } };
}

function walk(schema: Schema, visit: (key: string, value: Schema) => Schema): Schema {
  const visitObject = (key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? visit(key, value) : value;
  return JSON.parse(JSON.stringify(schema), visitObject) as Schema;
}
