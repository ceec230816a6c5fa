"""Freezes what optimizers of torch.optim do to three weights, and to groups of parameters, for test/plugins/optimizers/. Run by hand:

    python torch_optimizers.py | npx prettier --parser json > torch-optimizers.json
"""

import json

import torch

VERSION = 3
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


# The four parameters of two layers, the first with three weights. Biases have no decay, the head ten times the learning rate.
GROUPS = [('body.weight', FIRST, 1, 0.1), ('body.bias', [5.0], 1, 0), ('head.weight', [-1.5], 10, 0.1), ('head.bias', [2.0], 10, 0)]


def groups(Optimizer, hasDecay, settings):
    """The parameters after each update by the gradients: the first three for the weights of the body, the first for each of the others."""
    parameters = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for _, value, _, _ in GROUPS]
    options = [
        {'params': [parameter], 'lr': LEARNING_RATE * rate} | ({'weight_decay': decay} if hasDecay else {})
        for parameter, (_, _, rate, decay) in zip(parameters, GROUPS)
    ]
    optimizer = Optimizer(options, lr=LEARNING_RATE, **settings)
    after = []
    for gradients in GRADIENTS:
        for parameter in parameters:
            parameter.grad = torch.tensor(gradients[: len(parameter)], dtype=torch.float64)
        optimizer.step()
        after.append({name: parameter.tolist() for (name, *_), parameter in zip(GROUPS, parameters)})
    return after


if __name__ == '__main__':
    record = {'script': VERSION, 'torch': torch.__version__.split('+')[0], 'learningRate': LEARNING_RATE}
    record |= {'first': FIRST, 'gradients': GRADIENTS}
    first = {name: value for name, value, _, _ in GROUPS}
    grouped = {'AdamW': groups(torch.optim.AdamW, True, {}), 'momentum': groups(torch.optim.SGD, False, {'momentum': 0.9})}
    record |= {'groups': {'first': first, **grouped}}
    print(json.dumps(record | {'weights': {name: weights(*case) for name, case in CASES.items()}}))
