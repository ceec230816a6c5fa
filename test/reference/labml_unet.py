"""Freezes what labml's U-Net computes, for test/plugins/models/unet-reference.test.ts. Run by hand:

    python labml_unet.py CHECKOUT > labml-unet.json

Weights, images and noise are not stored: both sides compute them by the formulas below, over the flat index of PyTorch's order, in
float64, rounded to float32. The results are labml's in float64, which is as good as exact; beside each stands how far labml's own
float32 is from it, by which the tolerance of the test is chosen.
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

CASES = {
    'grey, two resolutions': dict(image_channels=1, n_channels=32, ch_mults=[1, 2], is_attn=[False, True], n_blocks=2),
    'colour, three resolutions': dict(
        image_channels=3, n_channels=32, ch_mults=[1, 2, 2], is_attn=[False, False, True], n_blocks=1
    ),
}
PAPER = dict(image_channels=3, n_channels=64, ch_mults=[1, 2, 2, 4], is_attn=[False, False, False, True], n_blocks=2)


def rounded(values, shape):
    return torch.from_numpy(values.astype(numpy.float32).reshape(shape))


def wave(shape, phase):
    return numpy.sin(0.37 * numpy.arange(numpy.prod(shape)) + phase)


def weight(name, index, shape):
    """The value of the parameter that is the index-th by labml's order."""
    if re.search(r'norm\d?\.weight$', name):
        return rounded(1 + 0.1 * wave(shape, index), shape)
    if len(shape) == 1:
        return rounded(0.1 * wave(shape, index), shape)
    return rounded(wave(shape, index) / numpy.sqrt(numpy.prod(shape[1:])), shape)


def gradients(net, images, times, noise):
    net.zero_grad()
    output = net(images, times)
    loss = torch.nn.functional.mse_loss(noise, output)
    loss.backward()
    return output.detach(), loss.item()


def results(net, dtype, case):
    """Everything that is compared, as float64 numbers."""
    torch.set_default_dtype(dtype)
    net = copy.deepcopy(net).to(dtype)
    shape = [BATCH, case['image_channels'], SIDE, SIDE]
    images, noise = (rounded(wave(shape, phase), shape).to(dtype) for phase in (0.5, 2.5))
    times = torch.tensor(TIMES)
    output, loss = gradients(net, images, times, noise)
    # The norm of each attention block is not used, so it has no gradient.
    grads = {n: p.grad.double().flatten() for n, p in net.named_parameters() if p.grad is not None}
    optimizer = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE)
    losses = []
    for _ in range(UPDATES):
        losses.append(gradients(net, images, times, noise)[1])
        optimizer.step()
    weights = {n: p.detach().double().flatten() for n, p in net.named_parameters()}
    return dict(
        output=output.double().flatten(),
        loss=torch.tensor(loss).double(),
        gradient_norms={n: g.norm() for n, g in grads.items()},
        gradients={n: g[:5] for n, g in grads.items()},
        losses=torch.tensor(losses).double(),
        weight_sums={n: w.sum() for n, w in weights.items()},
    )

if __name__ == '__main__':
    UNet, _ = labml.load(sys.argv[1])
    for k, case in CASES.items():
        net = UNet(**case).eval()
        with torch.no_grad():
            for index, (name, parameter) in enumerate(net.named_parameters()):
                parameter.copy_(weight(name, index, parameter.shape))
        a = results(net, torch.float64, case); b = results(net, torch.float32, case)
        print(k, sum(p.numel() for p in net.parameters()))
        print('out', a['output'].abs().mean(), (a['output']-b['output']).abs().max(), a['output'][:5])
        print('loss', a['loss'], b['loss']-a['loss']); print(a['losses'], b['losses']-a['losses'])
        for n, _ in net.named_parameters():
            g = n in a['gradients']
            print(f'{n:35s}', *( [f"{a['gradient_norms'][n].item():.3e} {(b['gradient_norms'][n]-a['gradient_norms'][n]).item():.1e} {(b['gradients'][n]-a['gradients'][n]).abs().max().item():.1e}"] if g else ['-']),
              f"{a['weight_sums'][n].item():.4f} {(b['weight_sums'][n]-a['weight_sums'][n]).item():.1e}")
