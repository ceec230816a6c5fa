"""Prints what TensorBoard's own reader finds in folders of event files, as JSON. Usage: read-events.py FOLDER..."""

import io
import json
import sys
import wave

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator as PluginEventAccumulator
from tensorboard.util import tensor_util


def tensors(folder: str) -> dict:
    """Texts and histograms, by the reader of TensorBoard's server, which has plugins of tensors."""
    events = PluginEventAccumulator(folder)
    events.Reload()
    plugins = {tag: events.SummaryMetadata(tag).plugin_data.plugin_name for tag in events.Tags()["tensors"]}
    return {
        tag: [plugin, *([event.step, value(event.tensor_proto)] for event in events.Tensors(tag))]
        for tag, plugin in plugins.items()
        if plugin in ("text", "histograms")
    }


def value(tensor) -> list | str:
    array = tensor_util.make_ndarray(tensor)
    return array.item().decode() if array.dtype == object else array.tolist()


def frames(wav: bytes) -> list:
    """Sample rate, channels, bytes of a sample, and the samples, as Python's own reader has them."""
    with wave.open(io.BytesIO(wav)) as file:
        samples = memoryview(file.readframes(file.getnframes())).cast("h").tolist()
        return [file.getframerate(), file.getnchannels(), file.getsampwidth(), samples]


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
        "tensors": tensors(folder),
        "audio": {tag: [[sound.step, *frames(sound.encoded_audio_string)] for sound in events.Audio(tag)] for tag in tags["audio"]},
        "graph": [node.name for node in events.Graph().node] if tags["graph"] else [],
        "records": {
            tag: [node.node_name for node in events.RunMetadata(tag).step_stats.dev_stats[0].node_stats]
            for tag in tags["run_metadata"]
        },
    }


json.dump([read(folder) for folder in sys.argv[1:]], sys.stdout, allow_nan=True)
