"""Writes the 32-bit floats of a PyTorch checkpoint as safetensors, with Python's own library alone.

usage: read_checkpoint.py CHECKPOINT OUT

A checkpoint is a zip archive of a pickle and of one file for each tensor. Nothing in the pickle is run: it may name ordered
dictionaries and tensors, and everything else is refused.
"""

import collections
import json
import pickle
import struct
import sys
import zipfile

ITEM_BYTES = {"FloatStorage": 4, "LongStorage": 8}


class Tensor:
    """Row by row; `kind` is the name of its storage in PyTorch."""

    def __init__(self, kind, data, shape):
        self.kind, self.data, self.shape = kind, data, shape


def to_tensor(storage, offset, shape, stride, *_):
    kind, data = storage
    expected = 1
    for size, step in zip(reversed(shape), reversed(stride)):
        if size != 1 and step != expected:
            raise pickle.UnpicklingError("a tensor does not lie row by row")
        expected *= size
    size = ITEM_BYTES[kind]
    return Tensor(kind, data[offset * size : (offset + expected) * size], shape)


class Unpickler(pickle.Unpickler):
    def __init__(self, file, archive, root):
        super().__init__(file)
        self.archive, self.root = archive, root

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return to_tensor
        if module == "torch" and name in ITEM_BYTES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")

    def persistent_load(self, pid):
        _, kind, key, *_ = pid
        return kind, self.archive.read(f"{self.root}/data/{key}")


def main(checkpoint, out):
    with zipfile.ZipFile(checkpoint) as archive:
        root = archive.namelist()[0].split("/")[0]
        with archive.open(f"{root}/data.pkl") as file:
            state = Unpickler(file, archive, root).load()
    header, parts, at = {}, [], 0
    for name, tensor in state.get("state_dict", state).items():
        if tensor.kind != "FloatStorage":
            continue
        end = at + len(tensor.data)
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, end]}
        parts.append(tensor.data)
        at = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(out, "wb") as file:
        file.writelines([struct.pack("<Q", len(text)), text, *parts])


main(*sys.argv[1:])
