"""Freezes what Optuna suggests when a study is driven from Python, for test/plugins/searchers/optuna.test.ts. Run by hand, with the
packages of plugins/searchers/optuna/requirements.txt:

    python optuna_suggestions.py | npx prettier --parser json > optuna-suggestions.json
"""

import json
import math
import tempfile

import numpy
import optuna

VERSION = 1
SEED = 7
STARTUP = 4
TRIALS = 12
# The trial that fails.
FAILED = 5
DISTRIBUTIONS = {
    'rate': optuna.distributions.FloatDistribution(1e-5, 1e-1, log=True),
    'share': optuna.distributions.FloatDistribution(0, 1),
    'depth': optuna.distributions.IntDistribution(1, 8),
    'model': optuna.distributions.CategoricalDistribution(['a', 'b', 'c']),
}
SAMPLERS = {'TPE': optuna.samplers.TPESampler, 'CMA-ES': optuna.samplers.CmaEsSampler}


def objective(rate, share, depth, model):
    """Least at rate = 1e-3, share = 0.3, depth = 4 and model b."""
    return (math.log10(rate) + 3) ** 2 + (share - 0.3) ** 2 + (depth - 4) ** 2 / 10 + (0 if model == 'b' else 0.5)


def suggestions(Sampler, storage):
    study = optuna.create_study(storage=f'sqlite:///{storage}')
    told = []
    for number in range(TRIALS):
        # Each trial has a seed of its own, which follows from the study's and its number.
        (seed,) = numpy.random.SeedSequence([SEED, number]).generate_state(1)
        study.sampler = Sampler(seed=int(seed), n_startup_trials=STARTUP)
        trial = study.ask(DISTRIBUTIONS)
        told.append(trial.params)
        if number == FAILED:
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
        else:
            study.tell(trial, objective(**trial.params))
    return told


if __name__ == '__main__':
    record = {'script': VERSION, 'optuna': optuna.__version__, 'seed': SEED, 'startup': STARTUP, 'failed': FAILED}
    with tempfile.TemporaryDirectory() as folder:
        told = {name: suggestions(Sampler, f'{folder}/{name}.db') for name, Sampler in SAMPLERS.items()}
    print(json.dumps(record | {'suggestions': told}))
