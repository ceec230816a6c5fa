"""Times one case in PyTorch on labml's own U-Net, and prints what measure.ts prints:

    python measure_torch.py CHECKOUT '{"work": ..., "way": ..., "config": ..., "repetitions": ..., "warmUp": ..., "threads": ..., "tf32": ...}'

It computes on the GPU where PyTorch finds one, unless the config's device is the CPU.
"""

import json
import resource
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent.parent / 'reference'))
import labml  # noqa: E402


def network(UNet, config, way):
    """:return: labml's U-Net with the settings of a config, run by a way"""
    settings = ('imageChannels', 'channels', 'multipliers', 'attention', 'blocks')
    net = UNet(*(config[f'model.{name}'] for name in settings))
    for module in net.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = config['model.dropout']
    if way == 'channels_last':
        net = net.to(memory_format=torch.channels_last)
    net = net.to(DEVICE)
    return torch.compile(net) if way == 'compile' else net


def precisely(config):
    """:return: computes in the number format of a config"""
    dtype = {'bfloat16': torch.bfloat16, 'float16': torch.float16}.get(config['precision'])
    return torch.autocast(DEVICE.type, dtype=dtype, enabled=dtype is not None)


def training_step(UNet, DenoiseDiffusion, config, way):
    """:return: does a training step"""
    net = network(UNet, config, way).train()
    diffusion = DenoiseDiffusion(net, config['steps'], DEVICE)
    optimizer = torch.optim.Adam(net.parameters(), lr=config['learningRate'])
    scaler = torch.amp.GradScaler(DEVICE.type, enabled=config['precision'] == 'float16')
    side = config['imageSize']
    x0 = torch.rand(config['batchSize'], config['model.imageChannels'], side, side, device=DEVICE) * 2 - 1

    def step():
        with precisely(config):
            loss = diffusion.loss(x0)
        optimizer.zero_grad()
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        return loss.item()

    return step


def sampling_step(UNet, DenoiseDiffusion, config, way):
    """:return: takes noise away once"""
    diffusion = DenoiseDiffusion(network(UNet, config, way).eval(), config['steps'], DEVICE)
    side, count = config['imageSize'], config['samples']
    x = torch.randn(count, config['model.imageChannels'], side, side, device=DEVICE)
    t = x.new_full((count,), config['steps'] - 1, dtype=torch.long)

    def step():
        with torch.no_grad(), precisely(config):
            return diffusion.p_sample(x, t).cpu()

    return step


DEVICE = torch.device('cpu')
WORKS = {'training step': training_step, 'sampling step': sampling_step}

if __name__ == '__main__':
    task = json.loads(sys.argv[2])
    torch.set_num_threads(task['threads'])
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = task['tf32']
    if task['config']['device'] != 'cpu' and torch.cuda.is_available():
        DEVICE = torch.device('cuda')
    once = WORKS[task['work']](*labml.load(sys.argv[1]), task['config'], task['way'])
    seconds = []
    for _ in range(task['warmUp'] + task['repetitions']):
        begun = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - begun)
    # Linux tells it in units of 1,024 bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(json.dumps({'first': seconds[0], 'seconds': seconds[task['warmUp'] :], 'peakMB': peak}))
