"""Freezes what labml's U-Net computes, for test/plugins/models/unet/reference.test.ts. Run by hand:

    python labml_unet.py CHECKOUT | npx prettier --parser json > labml-unet.json

Weights, images and noise are not stored: both sides compute them by the formulas of `waves` and `weight`, over the flat index of
PyTorch's order, in float64, rounded to float32. What is frozen was computed by labml's code in float64, which is as good as exact.
How far its float32 is from that stands beside it, measured as the test measures: the test's tolerances are chosen by it.
"""

import copy
import hashlib
import json
import re
import sys

import numpy
import torch

import labml

VERSION = 1
BATCH, SIDE, TIMES = 2, 8, [3, 700]
LEARNING_RATE, UPDATES = 1e-3, 3
# A gradient below this is nothing but rounding: a bias before a group normalization with one channel a group has none.
NOTHING = 1e-12
# Added to a gradient's norm before its error is divided by it, so that what is nearly nothing may be off by more of itself.
SMALL = 1e-2

VARIANTS = {
    'grey images, two resolutions': {
        'imageChannels': 1,
        'channels': 32,
        'multipliers': [1, 2],
        'attention': [False, True],
        'blocks': 2,
    },
    'coloured images, three resolutions': {
        'imageChannels': 3,
        'channels': 32,
        'multipliers': [1, 2, 2],
        'attention': [False, False, True],
        'blocks': 1,
    },
}
PAPER = {
    'imageChannels': 3,
    'channels': 64,
    'multipliers': [1, 2, 2, 4],
    'attention': [False, False, False, True],
    'blocks': 2,
}


def build(UNet, settings):
    return UNet(*(settings[name] for name in ('imageChannels', 'channels', 'multipliers', 'attention', 'blocks')))


def waves(shape, phase):
    """sin(0.37 i² + phase) for the flat index i"""
    index = numpy.arange(numpy.prod(shape), dtype=numpy.float64)
    return numpy.sin(0.37 * (index * index) + phase).reshape(shape)


def weight(name, place, shape):
    """The value of the parameter at a place in labml's order."""
    if re.search(r'norm\d?\.weight$', name):
        return 1 + 0.1 * waves(shape, place)
    if len(shape) == 1:
        return 0.1 * waves(shape, place)
    return waves(shape, place) / numpy.sqrt(numpy.prod(shape[1:]))


def tensor(values):
    return torch.from_numpy(values.astype(numpy.float32))


def train(net, images, times, noise):
    """One forward and backward pass."""
    net.zero_grad()
    output = net(images, times)
    loss = torch.nn.functional.mse_loss(noise, output)
    loss.backward()
    return output.detach(), loss.item()


def results(original, dtype, channels):
    torch.set_default_dtype(dtype)
    net = copy.deepcopy(original).to(dtype)
    shape = (BATCH, channels, SIDE, SIDE)
    batch = tensor(waves(shape, 0.5)).to(dtype), torch.tensor(TIMES), tensor(waves(shape, 2.5)).to(dtype)
    output, loss = train(net, *batch)
    # The norm of an attention block is never applied, so it has no gradient.
    gradients = {n: p.grad.double().flatten() for n, p in net.named_parameters() if p.grad is not None}
    optimizer = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE)
    losses = []
    for _ in range(UPDATES):
        losses.append(train(net, *batch)[1])
        optimizer.step()
    sums = {n: p.detach().double().sum() for n, p in net.named_parameters()}
    return output.double().flatten(), loss, gradients, losses, sums


def deviations(exact, rounded):
    """The largest errors of float32, measured as the test measures."""
    output, _, gradients, losses, sums = exact
    output32, _, gradients32, losses32, sums32 = rounded
    trained = {n: g for n, g in gradients.items() if g.norm() > NOTHING}
    return {
        'output': digits((output - output32).abs().max(), 2),
        'losses': digits(max(abs(a - b) for a, b in zip(losses, losses32)), 2),
        'gradients': digits(
            max(
                max(abs(g.norm() - gradients32[n].norm()), (g - gradients32[n])[:5].abs().max()) / (g.norm() + SMALL)
                for n, g in gradients.items()
            ),
            2,
        ),
        'weightSums': digits(
            max(abs(sums[n] - sums32[n]) / (LEARNING_RATE * g.numel() ** 0.5) for n, g in trained.items()), 2
        ),
    }


def digits(number, count=9):
    return float(f'{float(number):.{count}g}')


def row(name, parameter, gradient, weight_sum):
    """A parameter: name, shape, norm of the gradient, its first numbers, sum of the weights after the updates."""
    known = gradient is not None
    trained = known and gradient.norm() > NOTHING
    return {
        'name': name,
        'shape': list(parameter.shape),
        'gradientNorm': (digits(gradient.norm()) if trained else 0) if known else None,
        'gradient': ([digits(g) for g in gradient[:5]] if trained else [0] * min(5, len(gradient))) if known else None,
        'weightSum': digits(weight_sum) if trained else None,
    }


def frozen(UNet, settings):
    net = build(UNet, settings).eval()
    with torch.no_grad():
        for place, (name, parameter) in enumerate(net.named_parameters()):
            parameter.copy_(tensor(weight(name, place, tuple(parameter.shape))))
    exact, rounded = (results(net, dtype, settings['imageChannels']) for dtype in (torch.float64, torch.float32))
    output, loss, gradients, losses, sums = exact
    return {
        'settings': settings,
        'float32': deviations(exact, rounded),
        'loss': digits(loss),
        'losses': [digits(l) for l in losses],
        'output': [digits(o, 7) for o in output],
        'parameters': [row(n, p, gradients.get(n), sums[n]) for n, p in net.named_parameters()],
    }


def inventory(net):
    """What stands for the names and shapes of a large network."""
    parameters = list(net.named_parameters())
    listed = '\n'.join(f'{n} {list(p.shape)}' for n, p in parameters)
    return {
        'count': sum(p.numel() for _, p in parameters),
        'names': len(parameters),
        'sha256': hashlib.sha256(listed.encode()).hexdigest(),
    }


if __name__ == '__main__':
    UNet, _ = labml.load(sys.argv[1])
    record = {
        'script': VERSION,
        'torch': torch.__version__.split('+')[0],
        'batch': BATCH,
        'side': SIDE,
        'times': TIMES,
        'learningRate': LEARNING_RATE,
        'paper': inventory(build(UNet, PAPER)),
        'variants': {name: frozen(UNet, settings) for name, settings in VARIANTS.items()},
    }
    print(json.dumps(record, ensure_ascii=False))
