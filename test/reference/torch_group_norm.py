"""Group normalization and its gradients by PyTorch in float64, for test/framework/nn/group-norm.test.ts.

    python torch_group_norm.py > torch-group-norm.json
"""

import json

import torch

BATCH, HEIGHT, WIDTH, CHANNELS, GROUPS = 2, 5, 14, 6, 3


def numbers(count, function):
    return function(torch.arange(count, dtype=torch.float64))


def images(values):
    """NHWC, as TensorFlow orders them, to NCHW."""
    return values.reshape(BATCH, HEIGHT, WIDTH, CHANNELS).permute(0, 3, 1, 2)


def ends(values):
    flat = values.permute(0, 2, 3, 1).reshape(-1)
    return [round(number, 8) for number in torch.cat([flat[:30], flat[-30:]]).tolist()]


def case(swish):
    count = BATCH * HEIGHT * WIDTH * CHANNELS
    x = numbers(count, lambda i: 3 + 2 * torch.sin(1.7 * i) + torch.sin(0.01 * i)).requires_grad_()
    gamma = numbers(CHANNELS, lambda c: 1 + 0.2 * c).requires_grad_()
    beta = numbers(CHANNELS, lambda c: 0.5 - 0.3 * c).requires_grad_()
    y = torch.nn.functional.group_norm(images(x), GROUPS, gamma, beta, 1e-5)
    y = torch.nn.functional.silu(y) if swish else y
    y.backward(images(numbers(count, lambda i: torch.cos(0.3 * i))))
    return {"y": ends(y), "dx": ends(images(x.grad)), "dgamma": gamma.grad.tolist(), "dbeta": beta.grad.tolist()}


print(json.dumps({"plain": case(False), "swish": case(True)}))
