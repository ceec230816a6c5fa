"""Freezes the decay of diffusers' moving average of weights, for test/framework/nn/exponential-average.test.ts. Run by hand:

    python diffusers_average.py | npx prettier --parser json > diffusers-average.json

One weight takes the values of `weights`, one after each update.
"""

import json

import diffusers
import torch
from diffusers.training_utils import EMAModel

VERSION = 1
WEIGHTS = [2.0, 1.0, 4.0, -3.0, 0.5, 0.5, 7.0, 1.0]


def averages(decay):
    weight = torch.nn.Parameter(torch.tensor([100.0]))
    average = EMAModel([weight], decay=decay)
    values = []
    for value in WEIGHTS:
        weight.data.fill_(value)
        average.step([weight])
        values.append(average.shadow_params[0].item())
    return values


if __name__ == '__main__':
    record = {'script': VERSION, 'diffusers': diffusers.__version__, 'weights': WEIGHTS}
    print(json.dumps(record | {'averages': {decay: averages(decay) for decay in [0.9999, 0.3]}}))
