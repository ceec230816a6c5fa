"""Freezes what a convolutional network of PyTorch's layers answers, for test/plugins/images/models/convnet.test.ts. Run by hand:

    python torch_convnet.py | npx prettier --parser json > torch-convnet.json
"""

import json
import math

import torch
from torch import nn

VERSION = 1
IMAGE_CHANNELS, CLASSES, CHANNELS, BLOCKS, GROUPS = 2, 3, [4, 6], 2, 2
SIDE = 5
LABELS = [2, 0]


def wave(count, phase):
    """Numbers that are easy to make again: sin(phase), sin(phase + 1), ..."""
    return [math.sin(phase + index) for index in range(count)]


def network():
    """Stages of convolution, group normalization and SiLU, every stage but the first at half the size; then the mean and a linear layer."""
    layers, names, inputs = [], [], IMAGE_CHANNELS
    for stage, outputs in enumerate(CHANNELS):
        for block in range(BLOCKS):
            stride = 2 if stage > 0 and block == 0 else 1
            layers += [nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1), nn.GroupNorm(GROUPS, outputs), nn.SiLU()]
            place = stage * BLOCKS + block
            names += [f'blocks.{place}.{layer}.{tensor}' for layer in ('conv', 'norm') for tensor in ('weight', 'bias')]
            inputs = outputs
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, CLASSES)]
    return nn.Sequential(*layers).double(), names + ['final.weight', 'final.bias']


if __name__ == '__main__':
    model, names = network()
    parameters = list(model.parameters())
    with torch.no_grad():
        for place, parameter in enumerate(parameters):
            parameter.copy_(torch.tensor(wave(parameter.numel(), place), dtype=torch.float64).reshape(parameter.shape) * 0.5)
    # Squares, so that the two images differ in more than a phase.
    pixels = torch.tensor([math.sin(0.03 * index**2) for index in range(2 * SIDE * SIDE * IMAGE_CHANNELS)]).double()
    images = pixels.reshape(2, SIDE, SIDE, IMAGE_CHANNELS).permute(0, 3, 1, 2)
    logits = model(images)
    loss = nn.functional.cross_entropy(logits, torch.tensor(LABELS))
    loss.backward()
    record = {'script': VERSION, 'torch': torch.__version__.split('+')[0], 'labels': LABELS, 'side': SIDE}
    record |= {'imageChannels': IMAGE_CHANNELS, 'classes': CLASSES, 'channels': CHANNELS, 'blocks': BLOCKS, 'groups': GROUPS}
    record |= {'shapes': {name: list(parameter.shape) for name, parameter in zip(names, parameters)}}
    record |= {'logits': logits.tolist(), 'loss': loss.item()}
    record |= {'gradientNorms': {name: parameter.grad.norm().item() for name, parameter in zip(names, parameters)}}
    print(json.dumps(record))
