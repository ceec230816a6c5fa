"""Freezes what labml's U-Net and diffusion process compute, for test/plugins/diffusion/models/unet/reference.test.ts and, of the paper's network,
for test/long/paper-unet.test.ts. Run by hand:

    python labml_unet.py CHECKOUT | npx prettier --parser json > labml-unet.json
    python labml_unet.py CHECKOUT paper | npx prettier --parser json > labml-unet-paper.json

The second takes 6 GB and some minutes. diffusers is needed too: it says what scale and shift are.

Weights, images and noise are not stored: both sides compute them by the formulas of `waves` and `weight`, over the flat index of
PyTorch's order, in float64, rounded to float32. Of what is computed, summaries are frozen: the norm of an array, and its products with
two waves, in which an error shows at about its own norm, wherever in the array it is. What is frozen was computed by labml's code in
float64, which is as good as exact. How far its float32 is from that stands beside it, the larger distance of two orders
of computing, measured as the tests measure: their tolerances are chosen by it.
"""

import gc
import hashlib
import json
import re
import sys

import numpy
import torch
from diffusers.models.resnet import ResnetBlock2D

import labml

VERSION = 2
TIMES = [3, 700]
UPDATES = 10
# A gradient below this is nothing but rounding: a bias before a group normalization with one channel a group has none.
NOTHING = 1e-12
# Added to a norm before an error is divided by it, so that what is nearly nothing may be off by more of itself.
SMALL = {'gradient': 1e-2, 'change': 1e-4}
# How many numbers of the network's output are frozen as they are.
SHOWN = 384

# The exact one first, then ways to round.
WAYS = [
    (torch.float64, torch.contiguous_format),
    (torch.float32, torch.contiguous_format),
    (torch.float32, torch.channels_last),
]

DEFAULTS = {'groups': 32, 'finalGroups': 8, 'heads': 1, 'headSize': None, 'scaleShift': False}
SHAPES = {
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
    'heads, scale and shift, other groups and times': {
        'imageChannels': 1,
        'channels': 24,
        'multipliers': [1, 2],
        'attention': [True, False],
        'blocks': 1,
        'groups': 6,
        'finalGroups': 4,
        'timeChannels': 40,
        'heads': 3,
        'headSize': 5,
        'scaleShift': True,
    },
}
PAPER = {
    'imageChannels': 3,
    'channels': 64,
    'multipliers': [1, 2, 2, 4],
    'attention': [False, False, False, True],
    'blocks': 2,
}


def build(UNet, given):
    """:return: labml's U-Net, its blocks made by our settings where labml has no argument for them"""
    settings = {**DEFAULTS, 'timeChannels': 4 * given['channels'], **given}
    parts = sys.modules[UNet.__module__]
    own = {name: getattr(parts, name) for name in ('ResidualBlock', 'AttentionBlock', 'TimeEmbedding')}
    Block = scale_shift(own['ResidualBlock']) if settings['scaleShift'] else own['ResidualBlock']
    groups, heads, size, times = (settings[name] for name in ('groups', 'heads', 'headSize', 'timeChannels'))
    parts.ResidualBlock = lambda inputs, outputs, _: Block(inputs, outputs, times, groups)
    parts.AttentionBlock = lambda channels: own['AttentionBlock'](channels, heads, size, groups)
    parts.TimeEmbedding = lambda _: own['TimeEmbedding'](times)
    net = UNet(*(settings[name] for name in ('imageChannels', 'channels', 'multipliers', 'attention', 'blocks')))
    net.norm = torch.nn.GroupNorm(settings['finalGroups'], settings['channels'])
    for name, part in own.items():
        setattr(parts, name, part)
    return net


def scale_shift(ResidualBlock):
    """:return: labml's block, conditioned as Nichol and Dhariwal 2021 (arXiv:2102.09672, appendix A) have it"""

    class ScaleShiftBlock(ResidualBlock):
        def __init__(self, inputs, outputs, times, groups):
            super().__init__(inputs, outputs, times, groups)
            self.time_emb = torch.nn.Linear(times, 2 * outputs)
            self.sizes = inputs, outputs, times, groups

        def forward(self, x, t):
            h = self.conv1(self.act1(self.norm1(x)))
            scale, shift = self.time_emb(self.time_act(t))[:, :, None, None].chunk(2, dim=1)
            h = self.conv2(self.act2(self.norm2(h) * (1 + scale) + shift)) + self.shortcut(x)
            assert torch.allclose(h, self.diffusers(x, t), rtol=0, atol=1e-5)
            return h

        @torch.no_grad()
        def diffusers(self, x, t):
            """:return: the same by the block of diffusers"""
            inputs, outputs, times, groups = self.sizes
            other = ResnetBlock2D(
                in_channels=inputs,
                out_channels=outputs,
                temb_channels=times,
                groups=groups,
                eps=1e-5,
                time_embedding_norm='scale_shift',
            ).eval()
            names = {'shortcut': 'conv_shortcut', 'time_emb': 'time_emb_proj'}
            state = {re.sub(r'^\w+', lambda m: names.get(m[0], m[0]), n): w for n, w in self.state_dict().items()}
            other.load_state_dict(state)
            return other(x, t)

    return ScaleShiftBlock


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


def summary(array):
    """:return: the norm, and the products with two waves"""
    flat = array.detach().double().flatten().numpy()
    return [numpy.linalg.norm(flat), *(flat @ waves(flat.shape, phase) for phase in (1, 2))]


class Training:
    """labml's network and process on one batch, all of it by the formulas above."""

    def __init__(self, UNet, DenoiseDiffusion, settings, side, dtype, order):
        torch.set_default_dtype(dtype)
        self.net = build(UNet, settings).eval().to(memory_format=order)
        with torch.no_grad():
            for place, (name, parameter) in enumerate(self.net.named_parameters()):
                parameter.copy_(tensor(weight(name, place, tuple(parameter.shape))))
        self.diffusion = DenoiseDiffusion(self.predict, 1000, torch.device('cpu'))
        shape = (len(TIMES), settings['imageChannels'], side, side)
        self.x0, self.noise = (tensor(waves(shape, phase)).to(dtype) for phase in (0.5, 2.5))

    def predict(self, xt, t):
        self.output = self.net(xt, t)
        return self.output

    def backward(self):
        """One forward and backward pass. :return: the loss"""
        self.net.zero_grad()
        loss = self.diffusion.loss(self.x0, self.noise)
        loss.backward()
        return loss.item()

    def results(self, learning_rate):
        loss = self.backward()
        output = self.output.detach().double().flatten()
        # The norm of an attention block is never applied, so it has no gradient.
        gradients = {n: summary(p.grad) for n, p in self.net.named_parameters() if p.grad is not None}
        optimizer = torch.optim.Adam(self.net.parameters(), lr=learning_rate, foreach=False)
        losses = []
        for _ in range(UPDATES):
            losses.append(self.backward())
            optimizer.step()
        del optimizer
        self.net.zero_grad()
        return {
            'output': [*output[:SHOWN].tolist(), *summary(output)],
            'losses': [loss, *losses],
            'gradient': gradients,
            'change': {n: self.change(n, place, p) for place, (n, p) in enumerate(self.net.named_parameters())},
        }

    def change(self, name, place, parameter):
        before = tensor(weight(name, place, tuple(parameter.shape)))
        return summary(parameter.detach().double() - before.double())


def deviations(exact, rounded):
    """The largest errors of float32, measured as the tests measure."""
    trained = {n for n, (norm, *_) in exact['gradient'].items() if norm > NOTHING}
    found = {
        name: digits(max(abs(a - b) for a, b in zip(exact[name], rounded[name])), 2) for name in ('output', 'losses')
    }
    for name, small in SMALL.items():
        errors = (
            abs(a - b) / (exact[name][n][0] + small)
            for n in trained
            for a, b in zip(exact[name][n], rounded[name][n])
        )
        found[name] = digits(max(errors), 2)
    return found


def digits(number, count=9):
    return float(f'{float(number):.{count}g}')


def rows(net, exact):
    """Of each parameter: name, shape, and the summaries of its gradient and of its change by the updates."""
    for name, parameter in net.named_parameters():
        gradient = exact['gradient'].get(name)
        trained = gradient is not None and gradient[0] > NOTHING
        yield {
            'name': name,
            'shape': list(parameter.shape),
            'gradient': None if gradient is None else [digits(g) if trained else 0 for g in gradient],
            # Adam makes steps of the full length of a gradient that is nothing but rounding.
            'change': [digits(c) for c in exact['change'][name]] if trained else None,
        }


def frozen(UNet, DenoiseDiffusion, settings, side, learning_rate):
    found = []
    for dtype, order in WAYS:
        training = Training(UNet, DenoiseDiffusion, settings, side, dtype, order)
        found.append(training.results(learning_rate))
        parameters = list(rows(training.net, found[0]))
        del training
        gc.collect()
    exact, *rounded = found
    errors = [deviations(exact, each) for each in rounded]
    return {
        'settings': settings,
        'side': side,
        'learningRate': learning_rate,
        'float32': {name: max(each[name] for each in errors) for name in errors[0]},
        'losses': [digits(loss) for loss in exact['losses']],
        'output': [digits(o, 7) for o in exact['output']],
        'parameters': parameters,
    }


def inventory(UNet):
    """What stands for the names and shapes of a large network."""
    with torch.device('meta'):
        parameters = list(build(UNet, PAPER).named_parameters())
    listed = '\n'.join(f'{n} {list(p.shape)}' for n, p in parameters)
    return {
        'count': sum(p.numel() for _, p in parameters),
        'names': len(parameters),
        'sha256': hashlib.sha256(listed.encode()).hexdigest(),
    }


if __name__ == '__main__':
    UNet, DenoiseDiffusion = labml.load(sys.argv[1])
    # The process draws its time steps by this.
    torch.randint = lambda *_, **__: torch.tensor(TIMES)
    # labml views several heads as one axis, which today's PyTorch leaves apart in memory.
    einsum = torch.einsum
    torch.einsum = lambda *inputs: einsum(*inputs).contiguous()
    record = {
        'script': VERSION,
        'torch': torch.__version__.split('+')[0],
        'times': TIMES,
        'updates': UPDATES,
        'shown': SHOWN,
        'small': SMALL,
    }
    if 'paper' in sys.argv:
        record |= frozen(UNet, DenoiseDiffusion, PAPER, 32, 2e-5)
    else:
        record |= {
            'paper': inventory(UNet),
            'variants': {n: frozen(UNet, DenoiseDiffusion, settings, 8, 1e-3) for n, settings in SHAPES.items()},
        }
    print(json.dumps(record, ensure_ascii=False))
