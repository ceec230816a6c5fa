"""Controls an Optuna study over lines of JSON, one request and one response at a time.

The first line defines the study; then {"ask": job} returns the settings of a job, and {"tell": job, "value": metric} an empty
object. A job and its trial have the same number.
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
    Sampler of one trial. Its seed is derived from the trial's number, so that the storage is its only state, and a killed study
    can be reloaded and continued.
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
            raise ValueError(f'job {number} was requested before job {len(trials)}')
        # An existing trial was requested before a crash, and keeps its settings.
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
