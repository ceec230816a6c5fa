"""Freezes the trajectories of diffusers' schedulers, for test/plugins/diffusion/samplers/. Run by hand:

    python diffusers_samplers.py | npx prettier --parser json > diffusers-samplers.json

Four pixels that know nothing of each other go from noise to images of two kinds, grey values around 0.7 and around -0.7 with a deviation
of 0.2. For these the best answer of a network can be written down: `answer`. Recorded is x after each step, in the scale in which its
variance is that of the data plus noise: x_t = √ᾱ x_0 + √(1 - ᾱ) ε. ᾱ is float64 here; the schedulers round to float32 in places.
"""

import json
import math

import diffusers
import numpy as np
import torch
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
)
from diffusers.schedulers import scheduling_ddpm

VERSION = 2
MEAN, DEVIATION = 0.7, 0.2
BOLD = 1.5
START = [[[1.5, -0.4, 0.1, -2.0]]]
T, STEPS = 1000, 10


def answer(x, alpha_bar, prediction):
    """What is expected of x_0 and ε where x is known."""
    signal, noise = math.sqrt(alpha_bar), math.sqrt(1 - alpha_bar)
    variance = alpha_bar * DEVIATION**2 + 1 - alpha_bar
    mean = MEAN * torch.tanh(MEAN * signal * x / variance)
    x0 = mean + signal * DEVIATION**2 / variance * (x - signal * mean)
    epsilon = (x - signal * x0) / noise
    return epsilon if prediction == 'epsilon' else signal * epsilon - noise * x0


def bold_answer(x, alpha_bar):
    """ε by a network that makes out x_0 of up to ±1.5, outside of the range of images."""
    x0 = BOLD * torch.tanh(x)
    return (x - math.sqrt(alpha_bar) * x0) / math.sqrt(1 - alpha_bar)


def noise_of(step):
    return math.sin(step + 1)


def made(scheduler_type, steps, total=T, **config):
    spacing = {'timestep_spacing': 'trailing'} | config
    scheduler = scheduler_type(num_train_timesteps=total, beta_start=1e-4, beta_end=0.02, **spacing)
    if not config.get('rescale_betas_zero_snr'):
        betas = np.linspace(1e-4, 0.02, total)
        scheduler.alphas_cumprod = torch.from_numpy(np.cumprod(1 - betas))
    scheduler.set_timesteps(steps)
    return scheduler


def in_steps(scheduler, bold=False, **options):
    """For schedulers whose x has the variance of x_t."""
    x, prediction = torch.tensor(START, dtype=torch.float64), scheduler.config.prediction_type
    trajectory = []
    for step, t in enumerate(scheduler.timesteps):
        if isinstance(scheduler, DPMSolverMultistepScheduler):
            sigma = scheduler.sigmas[step].item()
            alpha_bar = 1 / (1 + sigma**2)
        else:
            alpha_bar = scheduler.alphas_cumprod[t].item()
        # The paper's z is 0 at the last step; diffusers has it so only where that step begins at t = 0.
        z = 0 if step == len(scheduler.timesteps) - 1 else noise_of(step)
        scheduling_ddpm.randn_tensor = lambda shape, **_: torch.full(shape, z, dtype=torch.float64)
        if options.get('eta'):
            options['variance_noise'] = torch.full_like(x, noise_of(step))
        told = bold_answer(x, alpha_bar) if bold else answer(x, alpha_bar, prediction)
        x = scheduler.step(told, t, x, **options).prev_sample
        trajectory.append(x.flatten().tolist())
    return trajectory


def in_sigmas(scheduler):
    """For schedulers whose x is x_t / √ᾱ. Each call of Heun's is a step."""
    sigmas = [sigma.item() for sigma in scheduler.sigmas]
    x = torch.tensor(START, dtype=torch.float64) * math.sqrt(1 + sigmas[0] ** 2)
    trajectory = []
    for step, t in enumerate(scheduler.timesteps):
        x_t = scheduler.scale_model_input(x, t)
        x = scheduler.step(answer(x_t, 1 / (1 + sigmas[step] ** 2), 'epsilon'), t, x).prev_sample
        trajectory.append((x / math.sqrt(1 + sigmas[step + 1] ** 2)).flatten().tolist())
    return trajectory


if __name__ == '__main__':
    karras = {'use_karras_sigmas': True}
    # For Karras steps Euler and Heun take the ends from their first and last steps: linspace has those of the whole process.
    whole = karras | {'timestep_spacing': 'linspace'}
    zero = {'rescale_betas_zero_snr': True, 'prediction_type': 'v_prediction', 'clip_sample': False}
    plain = {'clip_sample': False}
    # Its threshold is between 1 and `sample_max_value`.
    clipped = {'thresholding': True, 'sample_max_value': 1.0}
    trajectories = {
        'DDPM': in_steps(made(DDPMScheduler, STEPS, variance_type='fixed_large', **plain)),
        'DDPM, all steps': in_steps(made(DDPMScheduler, 20, 20, variance_type='fixed_large', **plain)),
        'DDPM, posterior': in_steps(made(DDPMScheduler, STEPS, variance_type='fixed_small', **plain)),
        'DDPM, zero SNR': in_steps(made(DDPMScheduler, STEPS, variance_type='fixed_large', **zero)),
        'DDIM': in_steps(made(DDIMScheduler, STEPS, **plain)),
        'DDIM, eta 0.5': in_steps(made(DDIMScheduler, STEPS, **plain), eta=0.5),
        'DDIM, zero SNR': in_steps(made(DDIMScheduler, STEPS, **zero)),
        'DDPM, clipped': in_steps(made(DDPMScheduler, STEPS, variance_type='fixed_large'), bold=True),
        'DDIM, clipped': in_steps(
            made(DDIMScheduler, STEPS), bold=True, eta=0.5, use_clipped_model_output=True
        ),
        'DPMSolver, clipped': in_steps(made(DPMSolverMultistepScheduler, STEPS, **clipped), bold=True),
        'DPMSolver': in_steps(made(DPMSolverMultistepScheduler, STEPS)),
        'DPMSolver, 20 steps': in_steps(made(DPMSolverMultistepScheduler, 20)),
        'DPMSolver, Karras': in_steps(made(DPMSolverMultistepScheduler, STEPS, **karras)),
        'Euler': in_sigmas(made(EulerDiscreteScheduler, STEPS)),
        'Euler, Karras': in_sigmas(made(EulerDiscreteScheduler, STEPS, **whole)),
        'Heun': in_sigmas(made(HeunDiscreteScheduler, STEPS)),
        'Heun, Karras': in_sigmas(made(HeunDiscreteScheduler, STEPS, **whole)),
    }
    record = {
        'script': VERSION,
        'diffusers': diffusers.__version__,
        'mean': MEAN,
        'deviation': DEVIATION,
        'bold': BOLD,
        'start': START[0][0],
        'noise': [noise_of(step) for step in range(20)],
        'karrasTimes': made(EulerDiscreteScheduler, STEPS, **whole).timesteps.tolist(),
    }
    print(json.dumps(record | {'trajectories': trajectories}))
