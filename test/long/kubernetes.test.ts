import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { exp } from '../support/exp';
import { conform, writeSchemas } from '../support/kubernetes';
import { temporaryFolder } from '../support/temporary';

const ROOT = join(__dirname, '../..');
const manifest = (name: string): string => readFileSync(join(ROOT, 'docker', name), 'utf8');

/** Mistakes in a manifest: what is replaced by what, and what the complaint must name. */
const MISTAKES = [
  ['runs.yaml', 'accessModes', 'accessMode', "'accessMode' not allowed"],
  ['runs.yaml', 'accessModes: [ReadWriteMany]', 'accessModes: ReadWriteMany', 'want array'],
  ['mpijob.yaml', 'sshAuthMountPath', 'sshMountPath', "'sshMountPath' not allowed"],
  ['mpijob.yaml', 'replicas: 4', 'replicas: four', 'want integer'],
  ['mpijob.yaml', 'MPICH', 'MPICH2', "'OpenMPI'"],
  ['mpijob.yaml', 'readinessProbe', 'readyProbe', "'readyProbe' not allowed"],
  ['tfjob.yaml', 'tfReplicaSpecs', 'replicaSpecs', "'replicaSpecs' not allowed"],
  ['tfjob.yaml', 'runAsNonRoot: true', 'runAsNonRoot: 1', 'want boolean'],
  ['tfjob.yaml', 'secretKeyRef', 'secretRef', "'secretRef' not allowed"],
] as const;

describe('The Kubernetes manifests', function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  beforeEach(() => writeSchemas(folder()));

  for (const name of ['runs.yaml', 'mpijob.yaml', 'tfjob.yaml']) {
    it(`conform to the schemas of their operators: ${name}`, () => {
      const { status, output } = conform(folder(), manifest(name));
      expect(status, output).to.equal(0);
    });
  }

  for (const [name, right, wrong, complaint] of MISTAKES) {
    it(`would be rejected with ${wrong} instead of ${right} in ${name}`, () => {
      const { status, output } = conform(folder(), manifest(name).replace(right, wrong));
      expect(status, output).to.equal(1);
      expect(output).to.include(complaint);
    });
  }

  for (const name of ['mpijob.yaml', 'tfjob.yaml']) {
    it(`train with a command that exp accepts: ${name}`, async () => {
      const [, args = ''] = /\bexp (run [^;\n]+)/.exec(manifest(name)) ?? [];
      const { code, stderr } = await exp([...args.split(' '), '--dry-run'], { cwd: ROOT, runs: folder() });
      expect(code, stderr).to.equal(0);
    });
  }
});
