"""Layers and their gradients by PyTorch in float64, for test/framework/nn.

    python torch_layers.py > torch-layers.json

Weight number p of a layer is 0.5 sin(1.3 i + p) in the order of its elements i, and the loss Σ y cos(0.3 i).
"""

import json

import torch
from torch import nn
from torch.nn import functional

torch.set_default_dtype(torch.float64)


def numbers(shape, function):
    return function(torch.arange(torch.Size(shape).numel(), dtype=torch.float64)).reshape(shape)


def filled(module):
    for position, parameter in enumerate(module.parameters()):
        parameter.data = numbers(parameter.shape, lambda i: 0.5 * torch.sin(1.3 * i + position))
    return module


def flat(tensor):
    return [round(number, 8) for number in tensor.flatten().tolist()]


def example(*shape):
    return numbers(shape, lambda i: 2 * torch.sin(1.7 * i) + 0.1).requires_grad_()


def case(apply, inputs, module=None, layout=lambda y: y):
    """y, and the gradients by the inputs and by the parameters, in their order."""
    y = layout(apply(*inputs))
    (y * numbers(y.shape, lambda i: torch.cos(0.3 * i))).sum().backward()
    leaves = [*inputs, *(module.parameters() if module else [])]
    return {"y": flat(y), "gradients": [flat(leaf.grad) for leaf in leaves if leaf.requires_grad]}


def of(module, *inputs):
    return case(filled(module), inputs, module)


print(
    json.dumps(
        {
            "Linear": of(nn.Linear(4, 3), example(2, 2, 4)),
            "Embedding": of(nn.Embedding(4, 3), torch.tensor([[1, 0], [3, 1]])),
            "LayerNorm": of(nn.LayerNorm(6), example(2, 3, 6)),
            "gelu": case(functional.gelu, [example(12)]),
            "gelu tanh": case(lambda x: functional.gelu(x, approximate="tanh"), [example(12)]),
        }
    )
)
