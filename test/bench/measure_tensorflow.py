"""Times a training step in TensorFlow's own Python: the graph that dump-graph.ts wrote, so that only what runs it differs.

    python measure_tensorflow.py FOLDER REPETITIONS THREADS
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import tensorflow as tf

WARM_UP = 2


def value_for(tensor, random):
    """:return: noise for images, a small learning rate, the number 1 for step and part"""
    if tensor.dtype == tf.int32:
        return np.int32(1)
    shape = tensor.shape.as_list()
    return random.uniform(-1, 1, shape).astype(np.float32) if shape else np.float32(1e-5)


def main(folder, repetitions, threads):
    names = json.loads((folder / 'names.json').read_text())
    if names.get('kernels'):
        tf.load_op_library(names['kernels'])
    definition = tf.compat.v1.GraphDef.FromString((folder / 'graph.pb').read_bytes())
    config = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads)
    random = np.random.default_rng(1)
    with tf.Graph().as_default() as graph, tf.compat.v1.Session(config=config) as session:
        tf.import_graph_def(definition, name='')
        assignments = [each for each in graph.get_operations() if each.type == 'AssignVariableOp']
        session.run([each for each in assignments if each.name.startswith('initialize')])
        feeds = {name: value_for(graph.get_tensor_by_name(name), random) for name in names['inputs']}
        run = session.make_callable(
            [names['outputs'], [graph.get_operation_by_name(name) for name in names['updates']]], list(feeds)
        )
        seconds = []
        for _ in range(WARM_UP + repetitions):
            begun = time.perf_counter()
            run(*feeds.values())
            seconds.append(time.perf_counter() - begun)
    # Linux tells it in units of 1,024 bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(json.dumps({'first': seconds[0], 'seconds': seconds[WARM_UP:], 'peakMB': peak}))


if __name__ == '__main__':
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
