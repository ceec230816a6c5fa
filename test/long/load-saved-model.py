"""Runs the functions of SavedModels as TensorFlow 2 and TensorFlow 1 load them. Reads and prints JSON.

Usage: load-saved-model.py CALLS.json, a list of {model, function, inputs: {name: [type, shape, numbers]}}
"""

import json
import sys

import numpy as np
import tensorflow as tf


def as_json(outputs):
    return {name: np.asarray(output).ravel().tolist() for name, output in outputs.items()}


calls = json.load(open(sys.argv[1]))
# All of them at once, so that models which share the names of their variables would be noticed.
models = {call["model"]: tf.saved_model.load(call["model"]) for call in calls}
results = []
for call in calls:
    inputs = {name: np.array(numbers, dtype).reshape(shape) for name, (dtype, shape, numbers) in call["inputs"].items()}
    model = models[call["model"]]
    second = model.signatures[call["function"]](**{name: tf.constant(value) for name, value in inputs.items()})
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        loaded = tf.compat.v1.saved_model.loader.load(session, ["serve"], call["model"])
        signature = loaded.signature_def[call["function"]]
        first = session.run(
            {name: info.name for name, info in signature.outputs.items()},
            {signature.inputs[name].name: value for name, value in inputs.items()},
        )
    results.append({"first": as_json(first), "second": as_json(second)})
json.dump(results, sys.stdout)
