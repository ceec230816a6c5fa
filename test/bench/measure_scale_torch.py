"""One worker of a case in PyTorch: labml's own U-Net under DistributedDataParallel with gloo. Prints what measure-scale.ts prints:

    RANK=0 WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=29500 python measure_scale_torch.py CHECKOUT \
        '{"config": ..., "repetitions": ..., "warmUp": ..., "bytes": ...}'
"""

import contextlib
import json
import os
import sys
import time
from pathlib import Path

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

sys.path.insert(0, str(Path(__file__).parent.parent / 'reference'))
import labml  # noqa: E402


def times(once, task, repetitions):
    """:return: the seconds of each repetition after the warm-up"""
    seconds = []
    for _ in range(task['warmUp'] + repetitions):
        begun = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - begun)
    return seconds[task['warmUp'] :]


def network(UNet, config):
    """:return: labml's U-Net with the settings of a config"""
    settings = ('imageChannels', 'channels', 'multipliers', 'attention', 'blocks')
    net = UNet(*(config[f'model.{name}'] for name in settings))
    for module in net.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = config['model.dropout']
    return net.train()


def steps(net, DenoiseDiffusion, config, share):
    """:return: does a training step, or one that exchanges nothing"""
    diffusion = DenoiseDiffusion(net, config['steps'], torch.device('cpu'))
    optimizer = torch.optim.Adam(net.parameters(), lr=config['learningRate'])
    side = config['imageSize']
    x0 = torch.rand(share, config['model.imageChannels'], side, side) * 2 - 1

    def step(alone=False):
        with net.no_sync() if alone else contextlib.nullcontext():
            loss = diffusion.loss(x0)
            optimizer.zero_grad()
            loss.backward()
        optimizer.step()
        return loss.item()

    return step


if __name__ == '__main__':
    task = json.loads(sys.argv[2])
    world = int(os.environ['WORLD_SIZE'])
    torch.set_num_threads(1)
    torch.manual_seed(1)
    UNet, DenoiseDiffusion = labml.load(sys.argv[1])
    net = network(UNet, task['config'])
    if world > 1:
        dist.init_process_group('gloo')
        # labml's attention has a normalization that nothing uses.
        net = DistributedDataParallel(net, find_unused_parameters=True)
    step = steps(net, DenoiseDiffusion, task['config'], task['config']['batchSize'] // world)
    gradients = 4 * sum(parameter.numel() for parameter in net.parameters())
    result = {'gradients': gradients, 'steps': times(step, task, task['repetitions']), 'alone': []}
    result |= {'reductions': [], 'latencies': []}
    if world > 1:
        result['alone'] = times(lambda: step(alone=True), task, task['repetitions'])
    if world > 1 and task['bytes'] > 0:
        # DistributedDataParallel's buffers have 25 MB: so many are reduced one after the other.
        buffers = [torch.ones(25 * 2**18) for _ in range(round(task['bytes'] / (25 * 2**20)))]
        result['reductions'] = times(lambda: [dist.all_reduce(buffer) for buffer in buffers], task, 5)
    if world > 1:
        one = torch.ones(1)
        result['latencies'] = [seconds / 200 for seconds in times(lambda: [dist.all_reduce(one) for _ in range(100)], task, 5)]
    print(json.dumps(result))
    sys.stdout.flush()
    if world > 1:
        dist.destroy_process_group()
