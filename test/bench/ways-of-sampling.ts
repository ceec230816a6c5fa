import { GREY } from './cases';

/** A way from noise to images that is timed. */
export interface WayOfSampling {
  readonly name: string;
  /** Settings of the experiment `diffuse`. */
  readonly settings: readonly string[];
  /** Calls of the network in all, and how many of them are timed where all take long. */
  readonly calls: number;
  readonly timed: number;
}

/** How many images are drawn at once. */
export const IMAGES = 16;

/** Samplers of the network with 3.4 million parameters, on grey images of 32×32 pixels. */
export const WAYS_OF_SAMPLING: readonly WayOfSampling[] = [
  { name: 'DDPM-1000', settings: ['sampler=DDPM'], calls: 1000, timed: 100 },
  { name: 'DDIM-50', settings: ['sampler=DDIM', 'sampler.steps=50'], calls: 50, timed: 50 },
  { name: 'DPM-Solver++-20', settings: ['sampler=DPMSolver', 'sampler.steps=20'], calls: 20, timed: 20 },
];

/** The settings of a way, as on the command line. */
export function settingsOf({ settings }: WayOfSampling): string[] {
  return [...GREY, `samples=${IMAGES}`, ...settings];
}
