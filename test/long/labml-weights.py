"""Loads an exported file into labml's U-Net, prints what it tells of some images, and saves the weights of another:

    python labml-weights.py CHECKOUT '{"imageChannels": 1, ...}' IN.safetensors OUT.safetensors

It prints, as JSON, the outputs of both networks for images that are sines of their index, at t = 3 and 700."""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

sys.path.insert(0, str(Path(__file__).parent.parent / 'reference'))
import labml  # noqa: E402

if __name__ == '__main__':
    _, checkout, settings, given, saved = sys.argv
    UNet, _ = labml.load(checkout)
    torch.manual_seed(1)
    arguments = json.loads(settings)
    theirs, fresh = UNet(*arguments).eval(), UNet(*arguments).eval()
    theirs.load_state_dict(load_file(given), strict=True)
    save_file(fresh.state_dict(), saved)
    images = torch.arange(2 * arguments[0] * 8 * 8).sin().reshape(2, arguments[0], 8, 8)
    with torch.no_grad():
        print(json.dumps([net(images, torch.tensor([3, 700])).flatten().tolist() for net in (theirs, fresh)]))
