/** One of the two processes of the all-reduce that `exp doctor` runs: `trial.ts LIBRARY`. */
import { Mpi } from './mpi';

const mpi = new Mpi(process.argv[2] ?? '');
if (mpi.size !== 2) throw new Error(`${mpi.version} has ${mpi.size} processes instead of 2`);
const numbers = Float32Array.of(1, mpi.rank);
const begun = performance.now();
mpi.sum(numbers);
const milliseconds = performance.now() - begun;
if (numbers.join() !== '2,1') throw new Error(`the sums are ${numbers.join()} instead of 2,1`);
if (mpi.rank === 0) console.log(`${mpi.version}: an all-reduce of two processes took ${milliseconds.toFixed(2)} ms`);
mpi.finalize();
