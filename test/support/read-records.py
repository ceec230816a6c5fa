"""Prints the length of each record of an event file and whether its checksums are right, as JSON. Usage: read-records.py FILE"""

import json
import struct
import sys

from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

content = open(sys.argv[1], "rb").read()
records = []
while content:
    header, body = content[:12], content[12:]
    (length, of_length) = struct.unpack("<QI", header)
    (of_content,) = struct.unpack("<I", body[length : length + 4])
    records.append([length, masked_crc32c(header[:8]) == of_length, masked_crc32c(body[:length]) == of_content])
    content = body[length + 4 :]
json.dump(records, sys.stdout)
