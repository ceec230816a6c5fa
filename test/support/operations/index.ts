import { ARITHMETIC } from './arithmetic';
import { ARRAYS } from './arrays';
import { CONVOLUTIONS } from './convolutions';
import { LINEAR_ALGEBRA } from './linear-algebra';
import type { Groups } from './operation';
import { TRAINING } from './training';

/** Every operation of the document, by its heading. */
export const OPERATIONS: Groups = { ...ARITHMETIC, ...ARRAYS, ...LINEAR_ALGEBRA, ...CONVOLUTIONS, ...TRAINING };
