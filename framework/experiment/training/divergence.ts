import { UserError } from '../../errors';

/** Non-finite values of a step. */
export interface NotFinite {
  readonly loss: number;
  /** Names of the parameters whose gradients are not finite. */
  readonly parameters: readonly string[];
  /** Names of the buffers whose new values are not finite; undefined if all are. */
  readonly buffers?: readonly string[];
}

/** Options of the failed update. */
interface Update {
  readonly step: number;
  readonly learningRate: number;
}

/** Maximum number of parameters or buffers reported by name. */
const MAX_REPORTED = 3;

/** Diverged training: the loss, a gradient or a buffer is not finite. Parameters and buffers keep their values from before the step. */
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

function termOf({ loss, parameters, buffers = [] }: NotFinite): string {
  if (!Number.isFinite(loss)) return 'The loss';
  if (parameters.length > 0) return `The gradient of ${listOf(parameters)}`;
  return buffers.length > 0 ? `The buffer ${listOf(buffers)}` : 'The loss';
}

function listOf(names: readonly string[]): string {
  const others = names.length - MAX_REPORTED;
  return `${names.slice(0, MAX_REPORTED).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}
