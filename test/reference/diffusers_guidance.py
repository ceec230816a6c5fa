"""Freezes trajectories under classifier-free guidance, for test/experiments/guidance.test.ts. Run by hand:

    python diffusers_guidance.py | npx prettier --parser json > diffusers-guidance.json

Four pixels of two classes, grey values around 0.7 and around -0.7 with a deviation of 0.2, go from noise to images. The best answer of a
network that is told the class is `of_class`; that of one which is told none is the answer about both. They are mixed by the line that
diffusers' pipelines have, and DDIM's scheduler takes the steps.
"""

import json
import math

import diffusers
import numpy as np
import torch
from diffusers import DDIMScheduler

VERSION = 1
MEAN, DEVIATION = 0.7, 0.2
START, LABELS = [1.5, -0.4, 0.1, -2.0], [0, 1, 1, 0]
T, STEPS = 1000, 10
SCALES = [0, 1, 3, 7.5]


def epsilon_of(x, x0, alpha_bar):
    return (x - math.sqrt(alpha_bar) * x0) / math.sqrt(1 - alpha_bar)


def expected(x, alpha_bar, mean):
    """What is expected of x_0 where its grey value is around a mean."""
    signal = math.sqrt(alpha_bar)
    variance = alpha_bar * DEVIATION**2 + 1 - alpha_bar
    return mean + signal * DEVIATION**2 / variance * (x - signal * mean)


def of_class(x, alpha_bar):
    means = torch.tensor([MEAN if label == 0 else -MEAN for label in LABELS], dtype=torch.float64)
    return epsilon_of(x, expected(x, alpha_bar, means), alpha_bar)


def of_none(x, alpha_bar):
    signal = math.sqrt(alpha_bar)
    variance = alpha_bar * DEVIATION**2 + 1 - alpha_bar
    mean = MEAN * torch.tanh(MEAN * signal * x / variance)
    return epsilon_of(x, expected(x, alpha_bar, mean), alpha_bar)


def trajectory(guidance_scale):
    scheduler = DDIMScheduler(
        num_train_timesteps=T, beta_start=1e-4, beta_end=0.02, timestep_spacing='trailing', clip_sample=False
    )
    scheduler.alphas_cumprod = torch.from_numpy(np.cumprod(1 - np.linspace(1e-4, 0.02, T)))
    scheduler.set_timesteps(STEPS)
    x = torch.tensor(START, dtype=torch.float64)
    points = []
    for t in scheduler.timesteps:
        alpha_bar = scheduler.alphas_cumprod[t].item()
        noise_pred_uncond, noise_pred_text = of_none(x, alpha_bar), of_class(x, alpha_bar)
        noise_pred = noise_pred_uncond + guidance_scale * (noise_pred_text - noise_pred_uncond)
        x = scheduler.step(noise_pred, t, x).prev_sample
        points.append(x.tolist())
    return points


if __name__ == '__main__':
    record = {
        'script': VERSION,
        'diffusers': diffusers.__version__,
        'mean': MEAN,
        'deviation': DEVIATION,
        'start': START,
        'labels': LABELS,
        'steps': STEPS,
    }
    print(json.dumps(record | {'trajectories': {str(scale): trajectory(scale) for scale in SCALES}}))
