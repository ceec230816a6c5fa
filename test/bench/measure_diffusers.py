"""Times one way of sampling by a scheduler of diffusers on labml's own U-Net, and prints what measure-sampling.ts prints:

    python measure_diffusers.py CHECKOUT '{"name": ..., "calls": ..., "timed": ..., "way": ..., "times": ..., "images": ..., "config": ...}'
"""

import json
import sys
import time

import torch
from diffusers import DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler

import measure_torch

SCHEDULERS = {
    'DDPM-1000': lambda: DDPMScheduler(clip_sample=False),
    'DDIM-50': lambda: DDIMScheduler(clip_sample=False),
    'DPM-Solver++-20': lambda: DPMSolverMultistepScheduler(algorithm_type='dpmsolver++', solver_order=2),
}


@torch.no_grad()
def draw(net, task, timed):
    """From noise on, by the first calls of the network."""
    scheduler = SCHEDULERS[task['name']]()
    scheduler.set_timesteps(task['calls'])
    side = task['config']['imageSize']
    x = torch.randn(task['images'], task['config']['model.imageChannels'], side, side)
    for t in scheduler.timesteps[:timed]:
        x = scheduler.step(net(x, t.expand(len(x))), t, x).prev_sample
    return x


if __name__ == '__main__':
    task = json.loads(sys.argv[2])
    torch.set_num_threads(task['threads'])
    UNet, _ = measure_torch.labml.load(sys.argv[1])
    net = measure_torch.network(UNet, task['config'], task['way']).eval()
    draw(net, task, task['warmUp'])
    seconds = []
    for _ in range(task['times']):
        begun = time.perf_counter()
        draw(net, task, task['timed'])
        seconds.append((time.perf_counter() - begun) * task['calls'] / task['timed'])
    print(json.dumps(seconds))
