"""Freezes what TensorFlow's own Python draws, for test/framework/tensorflow/stateless.test.ts and test/framework/random. Run by hand:

    python tensorflow_stateless.py | npx prettier --parser json > tensorflow-stateless.json

A float32 is frozen as the shortest decimal that is it.
"""

import hashlib
import json
import struct

import tensorflow as tf

VERSION = 2
SEEDS = [[1, 2], [-2147483648, 2147483647]]
SHAPE = [3, 2]
# A stream is seeded by the first 32 bits of its name's hash, and the step.
STREAMS = [['1/noise', 0], ['1/noise', 3], ['7/train/t', 12345]]


def draws(seed):
    shape = tf.constant(SHAPE)
    seed = tf.constant(seed, tf.int32)
    return {
        'normal': numbers(tf.raw_ops.StatelessRandomNormal(shape=shape, seed=seed)),
        'uniform': numbers(tf.raw_ops.StatelessRandomUniform(shape=shape, seed=seed)),
    }


def draws_within(stream, step, inner):
    """A key is drawn from the stream at its step; then what that key draws at a step of its own."""
    bits = tf.raw_ops.StatelessRandomUniformFullInt(
        shape=tf.constant([], tf.int32), seed=tf.constant([seed_of(stream), step], tf.int32), dtype=tf.int32
    )
    normal = tf.raw_ops.StatelessRandomNormal(shape=tf.constant([3]), seed=tf.stack([bits, inner]))
    return {'stream': stream, 'step': step, 'bits': int(bits), 'within': numbers(normal)}


def numbers(values):
    return [float(str(value)) for value in values.numpy().flatten()]


def seed_of(name):
    return struct.unpack('<i', hashlib.sha256(name.encode()).digest()[:4])[0]


if __name__ == '__main__':
    seeded = [{'seeds': seeds, **draws(seeds)} for seeds in SEEDS]
    streams = [{'stream': name, 'step': step, **draws([seed_of(name), step])} for name, step in STREAMS]
    within = [draws_within(name, step, 5) for name, step in STREAMS]
    drawn = {'seeded': seeded, 'streams': streams, 'within': within}
    record = {'script': VERSION, 'tensorflow': tf.__version__, 'shape': SHAPE, **drawn}
    print(json.dumps(record))
