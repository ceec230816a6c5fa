"""Freezes what labml's U-Net computes with a class embedding, for test/plugins/diffusion/models/unet/class-embedding.test.ts. Run by hand:

    python labml_class_unet.py CHECKOUT | npx prettier --parser json > labml-class-unet.json

labml's network is told no class. Here its time embedding is a module that adds PyTorch's `nn.Embedding` to labml's own, as Dhariwal and
Nichol 2021 (arXiv:2105.05233) and diffusers' `UNet2DModel` do. Weights and images are those of labml_unet.py, by formulas; its class
embedding's place is after all others.
"""

import json
import sys

import torch

import labml
from labml_unet import TIMES, build, digits, tensor, waves, weight

VERSION = 1
SIDE = 8
CLASSES, LABELS = 3, [2, 3]
SETTINGS = {'imageChannels': 1, 'channels': 32, 'multipliers': [1, 2], 'attention': [False, True], 'blocks': 1}


class Embeddings(torch.nn.Module):
    def __init__(self, time_emb, channels):
        super().__init__()
        self.time_emb = time_emb
        self.class_emb = torch.nn.Embedding(CLASSES + 1, channels)
        self.labels = None

    def forward(self, t):
        return self.time_emb(t) + self.class_emb(self.labels)


def results(UNet, dtype):
    torch.set_default_dtype(dtype)
    net = build(UNet, SETTINGS).eval()
    count = len(list(net.parameters()))
    for place, (name, parameter) in enumerate(net.named_parameters()):
        parameter.data.copy_(tensor(weight(name, place, tuple(parameter.shape))))
    net.time_emb = Embeddings(net.time_emb, 4 * SETTINGS['channels'])
    embedding = net.time_emb.class_emb.weight
    embedding.data.copy_(tensor(weight('class_emb.weight', count, tuple(embedding.shape))))
    net.time_emb.labels = torch.tensor(LABELS)
    shape = (len(TIMES), SETTINGS['imageChannels'], SIDE, SIDE)
    images, noise = (tensor(waves(shape, phase)).to(dtype) for phase in (0.5, 2.5))
    output = net(images, torch.tensor(TIMES))
    loss = torch.nn.functional.mse_loss(noise, output)
    loss.backward()
    return output.detach().double().flatten(), loss.item(), embedding.grad.double()


if __name__ == '__main__':
    UNet, _ = labml.load(sys.argv[1])
    exact, rounded = (results(UNet, dtype) for dtype in (torch.float64, torch.float32))
    output, loss, gradient = exact
    record = {
        'script': VERSION,
        'torch': torch.__version__.split('+')[0],
        'settings': SETTINGS | {'classes': CLASSES},
        'labels': LABELS,
        'side': SIDE,
        'times': TIMES,
        # How far labml's float32 is off.
        'float32': {
            'output': digits((output - rounded[0]).abs().max(), 2),
            'gradient': digits((gradient - rounded[2]).abs().max(), 2),
        },
        'loss': digits(loss),
        'output': [digits(number, 7) for number in output],
        'gradientNorms': [digits(row.norm()) for row in gradient],
        'gradient': [[digits(number) for number in row[:5]] for row in gradient],
    }
    print(json.dumps(record))
