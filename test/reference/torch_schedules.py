"""Freezes the factors of learning-rate schedules of torch.optim.lr_scheduler, for test/plugins/schedules/. Run by hand:

    python torch_schedules.py | npx prettier --parser json > torch-schedules.json
"""

import json

import torch
from torch.optim import lr_scheduler

VERSION = 1
TOTAL = 20


def warmup(steps):
    """1/steps, 2/steps, ... 1."""
    return lambda optimizer: lr_scheduler.LinearLR(optimizer, start_factor=1 / steps, end_factor=1, total_iters=steps - 1)


def linear(steps, final):
    return lambda optimizer: lr_scheduler.LinearLR(optimizer, start_factor=1, end_factor=final, total_iters=steps)


def cosine(steps, final):
    return lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps, eta_min=final)


def after(steps, schedule):
    """A schedule after a warm-up of some steps."""
    return lambda optimizer: lr_scheduler.SequentialLR(
        optimizer, [warmup(steps)(optimizer), schedule(optimizer)], milestones=[steps]
    )


def constant(optimizer):
    return lr_scheduler.ConstantLR(optimizer, factor=1)


def jumps(optimizer):
    return lr_scheduler.MultiStepLR(optimizer, milestones=[5, 12], gamma=0.1)


CASES = {
    'constant': constant,
    'constant, warm-up 4': after(4, constant),
    'linear': linear(TOTAL, 0),
    'linear to 0.1': linear(TOTAL, 0.1),
    'linear to 0.1, warm-up 4': after(4, linear(TOTAL - 4, 0.1)),
    'cosine': cosine(TOTAL, 0),
    'cosine to 0.1': cosine(TOTAL, 0.1),
    'cosine to 0.1, warm-up 4': after(4, cosine(TOTAL - 4, 0.1)),
    'jumps at 5 and 12': jumps,
}


def factors(schedule):
    """The rate of each update where the rate that is set is 1."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
    scheduler = schedule(optimizer)
    rates = []
    for _ in range(TOTAL):
        rates.append(optimizer.param_groups[0]['lr'])
        optimizer.step()
        scheduler.step()
    return rates


if __name__ == '__main__':
    record = {'script': VERSION, 'torch': torch.__version__.split('+')[0], 'total': TOTAL}
    print(json.dumps(record | {'factors': {name: factors(schedule) for name, schedule in CASES.items()}}))
