/** Conformance suites of the kinds of images: what tests may import from `explab/images/testing`. */
export { itBehavesLikeAnAugmentation } from './contracts/augmentation';
export { type ExpectedImages, itBehavesLikeAnImageDataset } from './contracts/image-dataset';
