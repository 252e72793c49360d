"""Runs ONNX models for the process that started this one.

usage: onnx_runner.py MODEL.onnx …

A request is one line of JSON, {"model": 0, "shape": [2, 1, 160000]}, and then the input as 32-bit floats; the answer has the
same form: {"shape": [2, 589, 7]} and the model's first output. One thread: the machine has other things to do, and sums are
added in the same order each time.
"""

import json
import math
import sys

import numpy
import onnxruntime


def load(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return session, session.get_inputs()[0].name


def main(paths):
    models = [load(path) for path in paths]
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := requests.readline():
        request = json.loads(line)
        values = requests.read(4 * math.prod(request["shape"]))
        session, name = models[request["model"]]
        values = numpy.frombuffer(values, numpy.float32).reshape(request["shape"])
        output = numpy.ascontiguousarray(session.run(None, {name: values})[0])
        answers.write(json.dumps({"shape": output.shape}).encode() + b"\n")
        answers.write(output.tobytes())
        answers.flush()


main(sys.argv[1:])
