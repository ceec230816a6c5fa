"""Times one case in PyTorch on labml's own U-Net, and prints what measure.ts prints:

    python measure_torch.py CHECKOUT '{"work": ..., "config": ..., "repetitions": ..., "warmUp": ..., "threads": ...}'
"""

import json
import resource
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent.parent / 'reference'))
import labml  # noqa: E402


def training_step(UNet, DenoiseDiffusion, config):
    """:return: does a training step"""
    settings = ('imageChannels', 'channels', 'multipliers', 'attention', 'blocks')
    net = UNet(*(config[f'model.{name}'] for name in settings)).train()
    for module in net.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = config['model.dropout']
    diffusion = DenoiseDiffusion(net, config['steps'], torch.device('cpu'))
    optimizer = torch.optim.Adam(net.parameters(), lr=config['learningRate'])
    side = config['imageSize']
    x0 = torch.rand(config['batchSize'], config['model.imageChannels'], side, side) * 2 - 1

    def step():
        loss = diffusion.loss(x0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


WORKS = {'training step': training_step}

if __name__ == '__main__':
    task = json.loads(sys.argv[2])
    torch.set_num_threads(task['threads'])
    once = WORKS[task['work']](*labml.load(sys.argv[1]), task['config'])
    seconds = []
    for _ in range(task['warmUp'] + task['repetitions']):
        begun = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - begun)
    # Linux tells it in units of 1,024 bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(json.dumps({'seconds': seconds[task['warmUp'] :], 'peakMB': peak}))
