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


def case(apply, inputs, module=None):
    """y, and the gradients by the inputs and by the parameters, in their order."""
    y = apply(*inputs)
    (y * numbers(y.shape, lambda i: torch.cos(0.3 * i))).sum().backward()
    leaves = [*inputs, *(module.parameters() if module else [])]
    return {"y": flat(y), "gradients": [flat(leaf.grad) for leaf in leaves if leaf.requires_grad]}


def of(module, *inputs):
    return case(filled(module), inputs, module)


def attention(causal=False, cross=False):
    """Self-attention with a key ignored, or cross-attention with a bias."""
    layer = filled(nn.MultiheadAttention(6, 2, batch_first=True))
    later = torch.ones(3, 3, dtype=torch.bool).triu(1) if causal else None
    ignored = torch.tensor([[False, True, False], [False, False, False]])
    bias = numbers((3, 4), lambda i: torch.sin(0.9 * i))

    def apply(x, context=None):
        if cross:
            return layer(x, context, context, attn_mask=bias)[0]
        return layer(x, x, x, attn_mask=later, key_padding_mask=ignored)[0]

    return case(apply, [example(2, 3, 6), *([example(2, 4, 6)] if cross else [])], layer)


def recurrent(layer_of):
    layer = filled(layer_of(2, 3, batch_first=True))
    return case(lambda x: layer(x)[0], [example(2, 35, 2)], layer)


def batch_norm(layer_of, *shape, training):
    """Channels last. The running statistics are those after a batch in training and, if `training`, this one."""
    layer = filled(layer_of(3))
    layer((example(*shape) + 1).movedim(-1, 1))
    layer.train(training)
    result = case(lambda x: layer(x.movedim(-1, 1)).movedim(1, -1), [example(*shape)], layer)
    return {**result, "buffers": [flat(layer.running_mean), flat(layer.running_var)]}


def conv1d(**options):
    layer = filled(nn.Conv1d(2, 3, 3, **options))
    return case(lambda x: layer(x.transpose(1, 2)).transpose(1, 2), [example(2, 6, 2)], layer)


print(
    json.dumps(
        {
            "Linear": of(nn.Linear(4, 3), example(2, 2, 4)),
            "Embedding": of(nn.Embedding(4, 3), torch.tensor([[1, 0], [3, 1]])),
            "LayerNorm": of(nn.LayerNorm(6), example(2, 3, 6)),
            "gelu": case(functional.gelu, [example(12)]),
            "gelu tanh": case(lambda x: functional.gelu(x, approximate="tanh"), [example(12)]),
            "self-attention": attention(),
            "causal attention": attention(causal=True),
            "cross-attention": attention(cross=True),
            "LSTM": recurrent(nn.LSTM),
            "GRU": recurrent(nn.GRU),
            "BatchNorm of [n, c] in training": batch_norm(nn.BatchNorm1d, 5, 3, training=True),
            "BatchNorm of [n, l, c] in training": batch_norm(nn.BatchNorm1d, 2, 4, 3, training=True),
            "BatchNorm of [n, h, w, c] in training": batch_norm(nn.BatchNorm2d, 2, 2, 3, 3, training=True),
            "BatchNorm of [n, h, w, c] in evaluation": batch_norm(nn.BatchNorm2d, 2, 2, 3, 3, training=False),
            "Conv1d": conv1d(),
            "Conv1d with stride and padding": conv1d(stride=2, padding=1),
        }
    )
)
