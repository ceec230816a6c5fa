import type { CallbackState } from '../../checkpoint/manifest';
import { UserError } from '../../errors';
import type { Callback, Training } from '../../kinds/callback';

/** Name of a hook that takes a `Training`. */
type Hook = 'onStart' | 'onDivergence' | 'onStep' | 'onEvaluation' | 'onCheckpoint' | 'onEnd';

/** The callbacks of a run, in the order of the setting. */
export class Callbacks {
  /** @param training the run, as the callbacks see it */
  constructor(
    private readonly callbacks: readonly Callback[],
    private readonly training: Training,
  ) {}

  /** Calls a hook of each callback in turn. */
  async call(hook: Hook): Promise<void> {
    for (const callback of this.callbacks) await callback[hook]?.(this.training);
  }

  /** True if one of them may end the training at a step that diverged. */
  get canEndDivergence(): boolean {
    return this.callbacks.some((callback) => callback.onDivergence !== undefined);
  }

  /** True if one of them needs the gradients of the step that comes. */
  get needGradients(): boolean {
    return this.callbacks.some((callback) => callback.needsGradients?.(this.training));
  }

  /** Product of the callbacks' factors. @throws UserError naming a callback whose factor is not a number of at least 0 */
  get learningRateFactor(): number {
    return this.callbacks.reduce((product, callback) => {
      const factor = callback.learningRateFactor;
      if (factor >= 0 && Number.isFinite(factor)) return product * factor;
      throw new UserError(
        `The learningRateFactor of ${nameOf(callback)} is ${factor}; expected a number of at least 0.`,
      );
    }, 1);
  }

  /** States to save, those that are undefined left out. */
  get states(): readonly CallbackState[] {
    return this.callbacks.flatMap((callback) => {
      const { state } = callback;
      // Copied: the checkpoint is written while the callback goes on changing it.
      return state === undefined ? [] : [{ name: nameOf(callback), state: structuredClone(state) }];
    });
  }

  /** Assigns saved states: the first of a name to the first callback of that name, and so on. A callback without one starts anew. */
  restore(states: readonly CallbackState[]): void {
    const rest = [...states];
    for (const callback of this.callbacks) {
      const index = rest.findIndex(({ name }) => name === nameOf(callback));
      const [saved] = index < 0 ? [] : rest.splice(index, 1);
      if (saved) callback.state = saved.state;
    }
  }
}

function nameOf(callback: Callback): string {
  return callback.constructor.name;
}
