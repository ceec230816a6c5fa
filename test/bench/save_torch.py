"""Times torch.save of labml's U-Net with Adam's slots, and prints the seconds as JSON:

    python save_torch.py CHECKOUT FOLDER SAVES
"""

import json
import os
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent.parent / 'reference'))
import labml  # noqa: E402


def saved(path, state, sync):
    """:return: the seconds that it takes, with the disk's where it is waited for"""
    since = time.perf_counter()
    with open(path, 'wb') as file:
        torch.save(state, file)
        if sync:
            file.flush()
            os.fsync(file.fileno())
    return time.perf_counter() - since


def main(checkout, folder, saves):
    """Prints the times of `torch.save`, and of the same until the disk has it."""
    UNet, _ = labml.load(checkout)
    net = UNet()
    optimizer = torch.optim.Adam(net.parameters())
    for parameter in net.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    state = {'model': net.state_dict(), 'optimizer': optimizer.state_dict()}
    path = Path(folder) / 'torch.pt'
    plain = [saved(path, state, False) for _ in range(saves)]
    synced = [saved(path, state, True) for _ in range(saves)]
    print(json.dumps({'bytes': path.stat().st_size, 'plain': plain, 'synced': synced}))
    path.unlink()


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
