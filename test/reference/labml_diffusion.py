"""Freezes what labml's diffusion process computes, for test/plugins/diffusion/denoise-diffusion.test.ts. Run by hand:

    python labml_diffusion.py CHECKOUT | npx prettier --parser json > labml-diffusion.json

Computed in float64, with the paper's 1,000 steps, the image 0.5 everywhere, the noise -1.5 everywhere, and a network that tells
0.25 x_t + 0.1 for the noise. `mean` is where p_sample draws around.
"""

import json
import sys

import torch

import labml

VERSION = 1
STEPS, TIMES = 1000, [0, 1, 250, 500, 999]

if __name__ == '__main__':
    _, DenoiseDiffusion = labml.load(sys.argv[1])
    torch.set_default_dtype(torch.float64)
    # Without its noise, p_sample gives the mean.
    torch.randn = lambda shape, **_: torch.zeros(shape)
    diffusion = DenoiseDiffusion(lambda xt, t: 0.25 * xt + 0.1, STEPS, torch.device('cpu'))
    t = torch.tensor(TIMES)
    x0 = torch.full((len(TIMES), 1, 1, 1), 0.5)
    xt = diffusion.q_sample(x0, t, torch.full_like(x0, -1.5))
    results = {
        'beta': diffusion.beta[t],
        'alphaBar': diffusion.alpha_bar[t],
        'noised': xt.flatten(),
        'mean': diffusion.p_sample(xt, t).flatten(),
    }
    record = {'script': VERSION, 'torch': torch.__version__.split('+')[0], 'steps': STEPS, 'times': TIMES}
    print(json.dumps(record | {name: values.tolist() for name, values in results.items()}))
