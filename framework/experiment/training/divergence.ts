import { UserError } from '../../errors';

/** Non-finite values of a step. */
export interface NotFinite {
  readonly loss: number;
  /** Names of the parameters whose gradients are not finite. */
  readonly parameters: readonly string[];
}

/** Options of the failed update. */
interface Update {
  readonly step: number;
  readonly learningRate: number;
}

/** Maximum number of parameters reported by name. */
const MAX_REPORTED = 3;

/** Diverged training: the loss or a gradient is not finite. The parameters keep their values from before the step. */
export class Divergence extends UserError {
  constructor(
    readonly update: Update,
    readonly notFinite: NotFinite,
    hints: readonly string[] = [],
  ) {
    const { step, learningRate } = update;
    super(`${termOf(notFinite)} is not finite at step ${step}: training has diverged.`, {
      hints: [`The update was not applied. Try a learning rate below ${learningRate}.`, ...hints],
    });
  }

  /** Returns a copy with an additional hint. */
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
