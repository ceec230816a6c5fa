import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

/** Reads a file by the reference implementation, prints it as JSON, and writes it again. */
const SCRIPT = `
import json, sys
from safetensors.numpy import load_file, save_file
arrays = load_file(sys.argv[1])
print(json.dumps({name: [list(array.shape), array.ravel().tolist()] for name, array in arrays.items()}))
save_file(arrays, sys.argv[2], metadata={'format': 'pt'})
`;
import { decodeSafetensors, encodeSafetensors } from '../../framework/checkpoint/safetensors';
import { temporaryFolder } from '../support/temporary';

describe("the Python package's safetensors", () => {
  const folder = temporaryFolder();

  it('reads files of the framework, and writes files that the framework reads', function () {
    this.timeout(600_000);
    const python = join(folder(), 'venv/bin/python');
    execFileSync('python3', ['-m', 'venv', join(folder(), 'venv')]);
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'safetensors==0.6.2', 'numpy==2.2.6']);
    const arrays = [
      { name: 'weight', shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 4, 5, 1e-30) },
      { name: 'scalar', shape: [], data: Float32Array.of(7) },
      { name: 'empty', shape: [0, 4], data: new Float32Array() },
    ];
    const [here, there] = [join(folder(), 'here.safetensors'), join(folder(), 'there.safetensors')];
    writeFileSync(here, Buffer.concat(encodeSafetensors(arrays, { format: 'pt' })));
    const read = JSON.parse(execFileSync(python, ['-c', SCRIPT, here, there], { encoding: 'utf8' })) as object;
    expect(read).to.deep.equal(
      Object.fromEntries(arrays.map(({ name, shape, data }) => [name, [shape, Array.from(data)]])),
    );
    const back = decodeSafetensors(readFileSync(there), there);
    expect(new Map(back.map((array) => [array.name, array]))).to.deep.equal(
      new Map(arrays.map((array) => [array.name, array])),
    );
  });
});
