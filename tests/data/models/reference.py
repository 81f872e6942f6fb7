"""Runs each photo model in its own runtime and writes a sample of what comes out to reference.json.

How to run it, and what the test does with the result, stands in README.md beside it.
"""

import json
import pathlib

import numpy
import onnxruntime
from ai_edge_litert.interpreter import Interpreter

HERE = pathlib.Path(__file__).parent
WEIGHTS = HERE.parents[2] / "models" / "weights"
# About this many numbers of an output are kept, and the 100 largest.
SAMPLE = 600
MODELS = {
    "small.tflite": [1, 9, 10, 3],
    "face_detection_full_range.tflite": [1, 192, 192, 3],
    "face_landmarks_detector.tflite": [1, 256, 256, 3],
    "face_blendshapes.tflite": [1, 146, 2],
    "selfie_segmentation.tflite": [1, 256, 256, 3],
    "det.onnx": [1, 3, 96, 160],
    "rec.onnx": [1, 3, 48, 160],
}


def picture(shape):
    """0 to 1 by whole numbers only, so that every language makes the same. Chosen for answers that are not all zero."""
    if len(shape) == 3:  # points: waves that grow shorter
        at = numpy.arange(numpy.prod(shape), dtype=numpy.int64)
        return scaled((at * at // 9973 % 251).reshape(shape))
    if shape[3] == 3:  # channels last: rings
        y, x = numpy.mgrid[0 : shape[1], 0 : shape[2]]
        return scaled(numpy.stack([(x * x + y * y) // 41 % 251] * 3, axis=-1)[None])
    y, x = numpy.mgrid[0 : shape[2], 0 : shape[3]]  # channels first: a line of crumbs on white, almost writing
    is_dark = (abs(y - shape[2] // 2) < shape[2] // 6) & (((x // 5) * (x // 7) + (y // 4) * (x // 3)) % 3 == 0)
    return scaled(numpy.stack([numpy.where(is_dark, 10, 240)] * 3)[None])


def scaled(whole):
    return whole.astype(numpy.float32) / numpy.float32(250)


def run_tflite(path, given):
    interpreter = Interpreter(str(path), num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], given)
    interpreter.invoke()
    return [interpreter.get_tensor(output["index"]) for output in interpreter.get_output_details()]


def run_onnx(path, given):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: given})


def step(size):
    """Every so manieth number: no divisor of a width, so that all columns and channels are met."""
    step = max(1, size // SAMPLE)
    while step > 1 and any(step % divisor == 0 for divisor in (2, 3, 5, 7)):
        step += 1
    return step


def model(file, shape):
    run = run_tflite if file.endswith(".tflite") else run_onnx
    outputs = []
    folder = HERE if file == "small.tflite" else WEIGHTS
    for output in run(folder / file, picture(shape)):
        flat = output.ravel()
        # Most of what is a probability is nothing: the largest ones are kept by name.
        places = {*range(0, flat.size, step(flat.size)), *numpy.argsort(-abs(flat), kind="stable")[:100].tolist()}
        values = [[at, float(f"{flat[at]:.7g}")] for at in sorted(places)]
        outputs.append({"shape": list(output.shape), "values": values})
    return {"file": file, "input": shape, "outputs": outputs}


if __name__ == "__main__":
    rows = [json.dumps(model(file, shape)) for file, shape in MODELS.items()]
    (HERE / "reference.json").write_text("[\n" + ",\n".join(rows) + "\n]\n")
