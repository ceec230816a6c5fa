"""Freezes what torch.optim.Adam does to three weights, for test/plugins/optimizers/adam.test.ts. Run by hand:

    python torch_adam.py | npx prettier --parser json > torch-adam.json
"""

import json

import torch

VERSION = 1
SETTINGS = {'default': {}, 'others': {'betas': (0.5, 0.9), 'eps': 0.1}}
LEARNING_RATE = 0.1
FIRST = [1.0, -2.0, 0.5]
GRADIENTS = [[0.3, -1.0, 1e-9], [-0.2, -1.0, 0.0], [0.1, 4.0, 0.0]]


def weights(settings):
    """The weights after each update."""
    parameters = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in FIRST]
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE, **settings)
    after = []
    for gradients in GRADIENTS:
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
        after.append([parameter.item() for parameter in parameters])
    return after


if __name__ == '__main__':
    record = {'script': VERSION, 'torch': torch.__version__.split('+')[0], 'learningRate': LEARNING_RATE}
    record |= {'first': FIRST, 'gradients': GRADIENTS}
    print(json.dumps(record | {'weights': {name: weights(settings) for name, settings in SETTINGS.items()}}))
