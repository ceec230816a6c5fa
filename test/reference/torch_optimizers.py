"""Freezes what optimizers of torch.optim do to three weights, for test/plugins/optimizers/. Run by hand:

    python torch_optimizers.py | npx prettier --parser json > torch-optimizers.json
"""

import json

import torch

VERSION = 2
CASES = {
    'default': (torch.optim.Adam, {}),
    'others': (torch.optim.Adam, {'betas': (0.5, 0.9), 'eps': 0.1}),
    'AdamW': (torch.optim.AdamW, {'weight_decay': 0.1}),
    'SGD': (torch.optim.SGD, {}),
    'momentum': (torch.optim.SGD, {'momentum': 0.9}),
    'nesterov': (torch.optim.SGD, {'momentum': 0.9, 'nesterov': True}),
}
LEARNING_RATE = 0.1
FIRST = [1.0, -2.0, 0.5]
GRADIENTS = [[0.3, -1.0, 1e-9], [-0.2, -1.0, 0.0], [0.1, 4.0, 0.0]]


def weights(Optimizer, settings):
    """The weights after each update."""
    parameters = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in FIRST]
    optimizer = Optimizer(parameters, lr=LEARNING_RATE, **settings)
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
    print(json.dumps(record | {'weights': {name: weights(*case) for name, case in CASES.items()}}))
