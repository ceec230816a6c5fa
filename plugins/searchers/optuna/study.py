"""Speaks for a study of Optuna's: a line of JSON in, a line of JSON out.

The first line says what the study is; then {"ask": job} is answered by the job's settings, and {"tell": job, "value": metric} by
nothing. A job's number is its trial's.
"""

import json
import signal
import sys
import warnings

import numpy
import optuna
from optuna.trial import Trial, TrialState


def sampler(kind, seed, number, startup):
    """
    A sampler for one trial. Its seed follows from the trial's number, so that it needs no state besides the storage: a study that is
    killed and loaded again goes on as if nothing had happened.
    """
    own = int(numpy.random.SeedSequence([seed, number]).generate_state(1)[0])
    if kind == 'TPE':
        return optuna.samplers.TPESampler(seed=own, n_startup_trials=startup)
    return optuna.samplers.CmaEsSampler(seed=own, n_startup_trials=startup)


def suggest(trial, name, distribution):
    if distribution['type'] == 'choice':
        return trial.suggest_categorical(name, distribution['choices'])
    low, high = distribution['low'], distribution['high']
    if distribution['type'] == 'integers':
        return trial.suggest_int(name, low, high)
    return trial.suggest_float(name, low, high, log=distribution['type'] == 'loguniform')


class Study:
    def __init__(self, storage, direction, space, sampler, seed, startup):
        self.space, self.kind, self.seed, self.startup = space, sampler, seed, startup
        self.study = optuna.create_study(
            storage=f'sqlite:///{storage}', study_name='sweep', direction=direction, load_if_exists=True
        )

    def ask(self, number):
        self.study.sampler = sampler(self.kind, self.seed, number, self.startup)
        trials = self.study.get_trials(deepcopy=False)
        if number > len(trials):
            raise ValueError(f'job {number} was asked for before job {len(trials)}')
        # A trial that is there was asked for before a crash: what it has been given, it keeps.
        trial = self.study.ask() if number == len(trials) else Trial(self.study, trials[number]._trial_id)
        return {name: suggest(trial, name, distribution) for name, distribution in self.space.items()}

    def tell(self, number, value):
        state = TrialState.FAIL if value is None else None
        self.study.tell(number, value, state=state, skip_if_finished=True)


def main():
    # The sweep decides when this ends: by closing the input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter('ignore')
    study = None
    for line in sys.stdin:
        message = json.loads(line)
        if study is None:
            study = Study(**message)
            answer = {}
        elif 'ask' in message:
            answer = study.ask(message['ask'])
        else:
            study.tell(message['tell'], message['value'])
            answer = {}
        print(json.dumps(answer), flush=True)


main()
