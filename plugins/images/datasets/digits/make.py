"""Writes the digits that scikit-learn ships as two gzipped IDX files beside this script.

    pip install scikit-learn && python make.py
"""

import gzip
import struct
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

UNSIGNED_BYTES = 0x08
FOLDER = Path(__file__).parent


def write(name: str, array: np.ndarray) -> None:
    header = struct.pack(">HBB", 0, UNSIGNED_BYTES, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    # No time stamp: the same digits give the same file.
    (FOLDER / name).write_bytes(gzip.compress(header + array.tobytes(), mtime=0))


digits = load_digits()
write("images-idx3-ubyte.gz", np.round(digits.images * 255 / 16).astype(np.uint8))
write("labels-idx1-ubyte.gz", digits.target.astype(np.uint8))
