"""Writes small.tflite: a few of each operator that the photo models use, with odd sizes, in a few thousand bytes.

How to run it stands in README.md beside it.
"""

import pathlib

import flatbuffers
import numpy
from ai_edge_litert import schema_py_generated as schema

OPERATOR = schema.BuiltinOperator
OPTIONS = schema.BuiltinOptions


class Network:
    def __init__(self):
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.buffers = [schema.BufferT()]
        self.model.operatorCodes = []
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.model.subgraphs = [self.graph]
        self.random = numpy.random.RandomState(7)

    def tensor(self, shape, kind=schema.TensorType.FLOAT32, buffer=0):
        tensor = schema.TensorT()
        tensor.shape, tensor.type, tensor.buffer = list(shape), kind, buffer
        tensor.name = f"t{len(self.graph.tensors)}"
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def constant(self, array):
        kinds = {"float16": schema.TensorType.FLOAT16, "int32": schema.TensorType.INT32}
        buffer = schema.BufferT()
        buffer.data = list(array.tobytes())
        self.model.buffers.append(buffer)
        return self.tensor(array.shape, kinds[array.dtype.name], len(self.model.buffers) - 1)

    def weights(self, *shape):
        half = self.constant((self.random.rand(*shape) - 0.4).astype(numpy.float16))
        return self.add(OPERATOR.DEQUANTIZE, [half], shape)

    def ints(self, *values):
        return self.constant(numpy.array(values, numpy.int32))

    def add(self, code, inputs, shape, options=None, **fields):
        kind = schema.OperatorCodeT()
        kind.deprecatedBuiltinCode = kind.builtinCode = code
        # Numbers of 16 bits and pixels sampled at their middle came with these versions.
        kind.version = 3 if code in (OPERATOR.DEQUANTIZE, OPERATOR.RESIZE_BILINEAR) else 1
        self.model.operatorCodes.append(kind)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes) - 1
        operator.inputs = inputs
        operator.outputs = [self.tensor(shape)]
        if options:
            operator.builtinOptionsType = getattr(OPTIONS, options)
            operator.builtinOptions = getattr(schema, options + "T")()
            for name, value in fields.items():
                setattr(operator.builtinOptions, name, value)
        self.graph.operators.append(operator)
        return operator.outputs[0]

    def bytes(self, inputs, outputs):
        self.graph.inputs, self.graph.outputs = inputs, outputs
        builder = flatbuffers.Builder(4096)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def small():
    net = Network()
    picture = net.tensor([1, 9, 10, 3])
    window = {"strideW": 1, "strideH": 1}
    x = net.add(OPERATOR.CONV_2D, [picture, net.weights(4, 3, 3, 3), net.weights(4)], [1, 5, 5, 4],
                "Conv2DOptions", padding=0, strideW=2, strideH=2, fusedActivationFunction=1,
                dilationWFactor=1, dilationHFactor=1)  # fmt: skip
    y = net.add(OPERATOR.DEPTHWISE_CONV_2D, [x, net.weights(1, 3, 3, 4), net.weights(4)], [1, 5, 5, 4],
                "DepthwiseConv2DOptions", padding=0, depthMultiplier=1, dilationWFactor=1, dilationHFactor=1,
                **window)  # fmt: skip
    y = net.add(OPERATOR.PRELU, [y, net.weights(1, 1, 4)], [1, 5, 5, 4])
    x = net.add(OPERATOR.ADD, [x, y], [1, 5, 5, 4], "AddOptions")
    x = net.add(OPERATOR.MAX_POOL_2D, [x], [1, 3, 3, 4], "Pool2DOptions", padding=0, strideW=2, strideH=2,
                filterWidth=2, filterHeight=2)  # fmt: skip
    pads = net.constant(numpy.array([[0, 0], [0, 0], [0, 0], [0, 2]], numpy.int32))
    x = net.add(OPERATOR.PAD, [x, pads], [1, 3, 3, 6], "PadOptions")
    x = net.add(OPERATOR.RESIZE_BILINEAR, [x, net.ints(6, 7)], [1, 6, 7, 6], "ResizeBilinearOptions",
                halfPixelCenters=True)  # fmt: skip
    x = net.add(OPERATOR.HARD_SWISH, [x], [1, 6, 7, 6])
    y = net.add(OPERATOR.AVERAGE_POOL_2D, [x], [1, 1, 1, 6], "Pool2DOptions", padding=1, filterWidth=7,
                filterHeight=6, **window)  # fmt: skip
    y = net.add(OPERATOR.LOGISTIC, [y], [1, 1, 1, 6])
    x = net.add(OPERATOR.MUL, [x, y], [1, 6, 7, 6], "MulOptions")
    # From here on channels last, as the blendshapes work.
    mean = net.add(OPERATOR.MEAN, [x, net.ints(3)], [1, 6, 7, 1], "ReducerOptions", keepDims=True)
    y = net.add(OPERATOR.SQUARED_DIFFERENCE, [x, mean], [1, 6, 7, 6], "SquaredDifferenceOptions")
    y = net.add(OPERATOR.SUM, [y, net.ints(3)], [1, 6, 7, 1], "ReducerOptions", keepDims=True)
    y = net.add(OPERATOR.ADD, [y, net.weights(1)], [1, 6, 7, 1], "AddOptions", fusedActivationFunction=1)
    y = net.add(OPERATOR.SQRT, [y], [1, 6, 7, 1])
    y = net.add(OPERATOR.NEG, [y], [1, 6, 7, 1])
    x = net.add(OPERATOR.CONCATENATION, [x, y], [1, 6, 7, 7], "ConcatenationOptions", axis=-1)
    part = [net.ints(0, 0, 0, 0), net.ints(0, 4, 0, 0), net.ints(1, 1, 1, 1)]
    x = net.add(OPERATOR.STRIDED_SLICE, [x, *part], [1, 4, 7, 7], "StridedSliceOptions", beginMask=13, endMask=13)
    x = net.add(OPERATOR.TRANSPOSE, [x, net.ints(0, 3, 1, 2)], [1, 7, 4, 7], "TransposeOptions")
    row = [net.ints(0, 0), net.ints(1, 0), net.ints(1, 1)]
    flat = net.add(OPERATOR.RESHAPE, [x, net.ints(1, 196)], [1, 196], "ReshapeOptions", newShape=[1, 196])
    flat = net.add(OPERATOR.STRIDED_SLICE, [flat, *row], [196], "StridedSliceOptions", beginMask=2, endMask=2,
                   shrinkAxisMask=1)  # fmt: skip
    return net.bytes([picture], [flat, mean])


if __name__ == "__main__":
    pathlib.Path(__file__).with_name("small.tflite").write_bytes(small())
