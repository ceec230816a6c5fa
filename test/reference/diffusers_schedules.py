"""Freezes noise schedules of diffusers, for test/plugins/diffusion/. Run by hand:

    python diffusers_schedules.py | npx prettier --parser json > diffusers-schedules.json

diffusers computes in float32. What it calls a sigmoid schedule is another one than Jabri's, whose algorithm 1 is written out here.
"""

import json
import math

import diffusers
from diffusers import DDPMScheduler

VERSION = 1
STEPS = 12


def betas(**config):
    return DDPMScheduler(num_train_timesteps=STEPS, **config).betas.tolist()


def sigmoid(start, end, tau):
    """ᾱ at t/T = 1/T ... 1: arXiv:2212.11972, algorithm 1, without its clip at 1e-9."""
    value = [1 / (1 + math.exp(-x / tau)) for x in [start, end]]
    output = [1 / (1 + math.exp(-(t / STEPS * (end - start) + start) / tau)) for t in range(1, STEPS + 1)]
    return [(value[1] - each) / (value[1] - value[0]) for each in output]


if __name__ == '__main__':
    schedules = {
        'linear': betas(),
        'scaled linear': betas(beta_schedule='scaled_linear', beta_start=0.00085, beta_end=0.012),
        'cosine': betas(beta_schedule='squaredcos_cap_v2'),
        'linear, zero terminal SNR': betas(rescale_betas_zero_snr=True),
    }
    alpha_bars = {'sigmoid': sigmoid(-3, 3, 1), 'sigmoid of 0.5': sigmoid(-3, 3, 0.5)}
    record = {'script': VERSION, 'diffusers': diffusers.__version__, 'steps': STEPS}
    print(json.dumps(record | {'betas': schedules, 'alphaBars': alpha_bars}))
