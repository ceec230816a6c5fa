"""Loads labml's annotated implementation of denoising diffusion from a checkout of
https://github.com/labmlai/annotated_deep_learning_paper_implementations, without what else it depends on."""

import importlib.util
import sys
import types
from pathlib import Path

import torch


def load(checkout):
    """:return: the classes UNet and DenoiseDiffusion"""
    ddpm = Path(checkout) / 'labml_nn' / 'diffusion' / 'ddpm'
    stub('labml_helpers.module').Module = torch.nn.Module
    stub('labml_nn.diffusion.ddpm')
    # The process imports `gather` from its package, which imports far more than it.
    module('labml_nn.diffusion.ddpm.utils', ddpm / 'utils.py')
    unet = module('labml_unet', ddpm / 'unet.py')
    diffusion = module('labml_diffusion', ddpm / '__init__.py')
    return unet.UNet, diffusion.DenoiseDiffusion


def stub(name):
    """Makes an empty module and the packages that it is in."""
    parts = name.split('.')
    for end in range(1, len(parts) + 1):
        path = '.'.join(parts[:end])
        sys.modules.setdefault(path, types.ModuleType(path))
    return sys.modules[name]


def module(name, file):
    spec = importlib.util.spec_from_file_location(name, file)
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    spec.loader.exec_module(loaded)
    return loaded
