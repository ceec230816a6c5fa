"""Freezes second-order gradients by JAX in float64, for test/framework/tensorflow/gradients/second-order.test.ts. Run by hand:

    python jax_second_order.py | npx prettier --parser json > jax-second-order.json

Of y = f(x), x_i = 1.5 sin(1.7 i + 0.3), and P = sum of (dF/dx)^2 for F = sum of sin(i + 1) y_i, it freezes dP/dx.
"""

import json

import jax
import jax.numpy as jnp
from jax import nn

jax.config.update('jax_enable_x64', True)

VERSION = 1
LABELS = jnp.array([0, 3, 2, 1])


def wave(count, step, phase):
    return jnp.sin(step * jnp.arange(count) + phase)


def matrix(rows, columns):
    return wave(rows * columns, 0.9, 0.1).reshape(rows, columns)


def square(f):
    return lambda x: f(x) ** 2


def attention(x):
    return nn.softmax(x @ x.swapaxes(1, 2)) @ x


def layer_norm(x):
    return (x - x.mean(-1, keepdims=True)) / jnp.sqrt(x.var(-1, keepdims=True) + 1e-5)


def group_norm(x):
    """Of 2 groups, eps 1e-5, gamma = 1 + 0.2 c, beta = 0.5 - 0.3 c."""
    batch, height, width, channels = x.shape
    groups = x.reshape(batch, height, width, 2, channels // 2)
    mean, variance = groups.mean((1, 2, 4), keepdims=True), groups.var((1, 2, 4), keepdims=True)
    normal = ((groups - mean) / jnp.sqrt(variance + 1e-5)).reshape(x.shape)
    return normal * (1 + 0.2 * jnp.arange(channels)) + 0.5 - 0.3 * jnp.arange(channels)


def cross_entropy(x):
    return -jnp.take_along_axis(nn.log_softmax(x), LABELS[:, None], 1)[:, 0]


ROWS, IMAGE = [4, 4], [2, 2, 2, 4]
CASES = {
    'tanh': (ROWS, jnp.tanh),
    'sigmoid': (ROWS, nn.sigmoid),
    'exp': (ROWS, jnp.exp),
    'sqrt': (ROWS, lambda x: jnp.sqrt(x * x + 0.5)),
    'rsqrt': (ROWS, lambda x: 1 / jnp.sqrt(x * x + 0.5)),
    'relu': (ROWS, lambda x: nn.relu(x * x * x)),
    'leakyRelu': (ROWS, lambda x: nn.leaky_relu(x * x * x, 0.2)),
    'elu': (ROWS, nn.elu),
    'selu': (ROWS, nn.selu),
    'softplus': (ROWS, nn.softplus),
    'gelu': (ROWS, lambda x: nn.gelu(x, approximate=False)),
    'swish': (ROWS, nn.silu),
    'softmax': (ROWS, nn.softmax),
    'logSoftmax': (ROWS, nn.log_softmax),
    'maximum': (ROWS, lambda x: jnp.maximum(x * x, x)),
    'minimum': (ROWS, lambda x: jnp.minimum(x * x, x)),
    'where': (ROWS, lambda x: jnp.where(x > 0, x * x, 0.1 * x)),
    'clipByValue': (ROWS, lambda x: jnp.clip(x, -1, 1)),
    'max': (ROWS, lambda x: x.max(1)),
    'matMul': (ROWS, lambda x: x @ x),
    'attention': ([2, 4, 4], attention),
    'layer normalization': (ROWS, layer_norm),
    'GroupNorm': (IMAGE, group_norm),
    'GroupNorm with Swish': (IMAGE, lambda x: nn.silu(group_norm(x))),
    'crossEntropy': (ROWS, cross_entropy),
    'bias': ([4], lambda b: matrix(4, 4) + b),
}


def second_order(shape, f):
    count = jnp.prod(jnp.array(shape))
    x = (1.5 * wave(count, 1.7, 0.3)).reshape(shape)
    loss = lambda x: (lambda y: (y.reshape(-1) * jnp.sin(jnp.arange(1, y.size + 1))).sum())(square(f)(x))
    penalty = lambda x: (jax.grad(loss)(x) ** 2).sum()
    return {'shape': shape, 'gradient': [round(float(value), 6) for value in jax.grad(penalty)(x).reshape(-1)]}


if __name__ == '__main__':
    cases = {name: second_order(*case) for name, case in CASES.items()}
    print(json.dumps({'script': VERSION, 'jax': jax.__version__, 'cases': cases}))
