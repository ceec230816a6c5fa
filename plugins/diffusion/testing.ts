/** Conformance suites of the kinds of diffusion: what tests may import from `explab/diffusion/testing`. */
export { itBehavesLikeASampler } from './contracts/sampler';
