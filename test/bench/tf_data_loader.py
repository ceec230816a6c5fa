"""Images a second of tf.data for each of the cases, as JSON: python tf_data_loader.py TASK"""

import json
import sys
import time
from pathlib import Path

import tensorflow as tf


def pipeline(case: dict, batch_size: int) -> tf.data.Dataset:
    def decode(file: tf.Tensor) -> tf.Tensor:
        image = tf.io.decode_image(tf.io.read_file(file), channels=3, expand_animations=False)
        return tf.image.resize(image, [case["size"]] * 2, antialias=True) / 127.5 - 1

    files = [str(file) for file in sorted(Path(case["folder"]).iterdir())]
    images = tf.data.Dataset.from_tensor_slices(files).map(decode, num_parallel_calls=tf.data.AUTOTUNE)
    kept = images.cache() if case["isCached"] else images
    return kept.batch(batch_size, drop_remainder=True).prefetch(tf.data.AUTOTUNE)


def epoch(batches: tf.data.Dataset) -> int:
    return sum(len(batch) for batch in batches)


def measure(case: dict, batch_size: int) -> float:
    batches = pipeline(case, batch_size)
    epoch(batches)  # Traces the decoding, and fills the cache.
    begun = time.perf_counter()
    return epoch(batches) / (time.perf_counter() - begun)


def main(cases: list, batchSize: int) -> None:
    print(json.dumps([[measure(case, batchSize) for case in cases]]))


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
