"""Prints what TensorBoard's own reader finds in folders of event files, as JSON. Usage: read-events.py FOLDER..."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def read(folder: str) -> dict:
    events = EventAccumulator(folder, size_guidance={"scalars": 0, "images": 0})
    events.Reload()
    tags = events.Tags()
    return {
        "scalars": {tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in tags["scalars"]},
        "images": {
            tag: [[image.step, image.width, image.height, image.encoded_image_string.hex()] for image in events.Images(tag)]
            for tag in tags["images"]
        },
        "graph": [node.name for node in events.Graph().node] if tags["graph"] else [],
        "records": {
            tag: [node.node_name for node in events.RunMetadata(tag).step_stats.dev_stats[0].node_stats]
            for tag in tags["run_metadata"]
        },
    }


json.dump([read(folder) for folder in sys.argv[1:]], sys.stdout, allow_nan=True)
