//! An ONNX model, written: the messages of its protobuf that are needed, and a builder that names things.
//!
//! The field numbers are those of onnx.proto3. The operators are those of version 14, the first with `HardSwish`.

use prost::Message;

const FLOAT: i32 = 1;
const INT64: i32 = 7;
const OPERATORS: i64 = 14;

#[derive(Message)]
struct Model {
    #[prost(int64, tag = "1")]
    ir_version: i64,
    #[prost(message, optional, tag = "7")]
    graph: Option<Graph>,
    #[prost(message, repeated, tag = "8")]
    opset_import: Vec<OperatorSet>,
}

#[derive(Message)]
struct OperatorSet {
    #[prost(string, tag = "1")]
    domain: String,
    #[prost(int64, tag = "2")]
    version: i64,
}

#[derive(Message)]
struct Graph {
    #[prost(message, repeated, tag = "1")]
    node: Vec<Node>,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(message, repeated, tag = "5")]
    initializer: Vec<Tensor>,
    #[prost(message, repeated, tag = "11")]
    input: Vec<ValueInfo>,
    #[prost(message, repeated, tag = "12")]
    output: Vec<ValueInfo>,
}

#[derive(Message)]
struct Node {
    #[prost(string, repeated, tag = "1")]
    input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    output: Vec<String>,
    #[prost(string, tag = "4")]
    op_type: String,
    #[prost(message, repeated, tag = "5")]
    attribute: Vec<Attribute>,
}

/// A parameter of an operator, fixed in the model.
#[derive(Message)]
pub(super) struct Attribute {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(int64, optional, tag = "3")]
    i: Option<i64>,
    #[prost(bytes = "vec", optional, tag = "4")]
    s: Option<Vec<u8>>,
    #[prost(int64, repeated, packed = "false", tag = "8")]
    ints: Vec<i64>,
    #[prost(int32, tag = "20")]
    kind: i32,
}

#[derive(Message)]
struct Tensor {
    #[prost(int64, repeated, packed = "false", tag = "1")]
    dims: Vec<i64>,
    #[prost(int32, tag = "2")]
    data_type: i32,
    #[prost(string, tag = "8")]
    name: String,
    #[prost(bytes = "vec", tag = "9")]
    raw_data: Vec<u8>,
}

#[derive(Message)]
struct ValueInfo {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    kind: Option<Type>,
}

#[derive(Message)]
struct Type {
    #[prost(message, optional, tag = "1")]
    tensor: Option<TensorType>,
}

#[derive(Message)]
struct TensorType {
    #[prost(int32, tag = "1")]
    element: i32,
    #[prost(message, optional, tag = "2")]
    shape: Option<Shape>,
}

#[derive(Message)]
struct Shape {
    #[prost(message, repeated, tag = "1")]
    dim: Vec<Dimension>,
}

#[derive(Message)]
struct Dimension {
    // One of two kinds in the schema: zero, too, has to be written.
    #[prost(int64, optional, tag = "1")]
    value: Option<i64>,
}

impl Attribute {
    pub(super) fn int(name: &str, value: i64) -> Self {
        Self { name: name.to_owned(), i: Some(value), kind: 2, ..Self::default() }
    }

    pub(super) fn text(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), s: Some(value.into()), kind: 3, ..Self::default() }
    }

    pub(super) fn ints(name: &str, values: impl Into<Vec<i64>>) -> Self {
        Self { name: name.to_owned(), ints: values.into(), kind: 7, ..Self::default() }
    }
}

/// A model under construction. Values are known by names that it gives.
#[derive(Default)]
pub(super) struct Builder {
    graph: Graph,
    names: usize,
}

impl Builder {
    pub(super) fn input(&mut self, shape: &[usize]) -> String {
        let name = self.name();
        self.graph.input.push(ValueInfo::new(&name, shape));
        name
    }

    pub(super) fn output(&mut self, name: &str, shape: &[usize]) {
        self.graph.output.push(ValueInfo::new(name, shape));
    }

    /// An operator with one output.
    pub(super) fn node(&mut self, operator: &str, inputs: &[&str], attributes: Vec<Attribute>) -> String {
        let output = self.name();
        self.graph.node.push(Node {
            input: inputs.iter().map(|&name| name.to_owned()).collect(),
            output: vec![output.clone()],
            op_type: operator.to_owned(),
            attribute: attributes,
        });
        output
    }

    pub(super) fn floats(&mut self, shape: &[usize], values: &[f32]) -> String {
        self.constant(FLOAT, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    pub(super) fn ints(&mut self, values: &[i64]) -> String {
        self.constant(INT64, &[values.len()], values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    /// The whole model.
    pub(super) fn bytes(self) -> Vec<u8> {
        let opset_import = vec![OperatorSet { domain: String::new(), version: OPERATORS }];
        Model { ir_version: 7, graph: Some(self.graph), opset_import }.encode_to_vec()
    }

    fn constant(&mut self, data_type: i32, shape: &[usize], raw_data: Vec<u8>) -> String {
        let name = self.name();
        let dims = shape.iter().map(|&size| size as i64).collect();
        self.graph.initializer.push(Tensor { dims, data_type, name: name.clone(), raw_data });
        name
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }
}

impl ValueInfo {
    fn new(name: &str, shape: &[usize]) -> Self {
        let dim = shape.iter().map(|&size| Dimension { value: Some(size as i64) }).collect();
        let tensor = TensorType { element: FLOAT, shape: Some(Shape { dim }) };
        Self { name: name.to_owned(), kind: Some(Type { tensor: Some(tensor) }) }
    }
}
