import { UserError } from '../../errors';

/** What of a step is not finite. */
export interface NotFinite {
  readonly loss: number;
  /** The names of the parameters whose gradients are not. */
  readonly parameters: readonly string[];
}

/** What the update was to be. */
interface Update {
  readonly step: number;
  readonly learningRate: number;
}

/** How many parameters are told by name. */
const MAX_REPORTED = 3;

/** Training that cannot go on: the loss or a gradient is not finite. The parameters are as they were before the step. */
export class Divergence extends UserError {
  constructor(
    readonly update: Update,
    readonly notFinite: NotFinite,
    hints: readonly string[] = [],
  ) {
    const { step, learningRate } = update;
    super(`${termOf(notFinite)} is not finite at step ${step}: training has diverged.`, {
      hints: [`The parameters were not changed by it. Try a lower learning rate than ${learningRate}.`, ...hints],
    });
  }

  /** The same with something more to say. */
  with(hint: string): Divergence {
    return new Divergence(this.update, this.notFinite, [hint]);
  }
}

function termOf({ loss, parameters }: NotFinite): string {
  if (!Number.isFinite(loss) || parameters.length === 0) return 'The loss';
  const others = parameters.length - MAX_REPORTED;
  const names = parameters.slice(0, MAX_REPORTED).join(', ');
  return `The gradient of ${names}${others > 0 ? ` and ${others} more` : ''}`;
}
