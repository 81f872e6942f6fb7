//! What a .tflite file holds: tensors and the operators between them, by the numbers of its schema (version 3).

use super::{TfliteError, flat::Table};

/// The first subgraph of a file; the models have one.
#[derive(Debug)]
pub(super) struct Graph<'a> {
    pub(super) tensors: Vec<Tensor<'a>>,
    pub(super) operators: Vec<Operator<'a>>,
    /// Indexes of tensors, all within bounds, as in operators.
    pub(super) inputs: Vec<usize>,
    pub(super) outputs: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Tensor<'a> {
    /// Height and width before channels; no dimension exceeds [`LARGEST`].
    pub(super) shape: Vec<usize>,
    pub(super) element: Element,
    /// Empty = computed.
    pub(super) data: &'a [u8],
}

/// What a tensor consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    F32,
    F16,
    I32,
    Other,
}

#[derive(Debug)]
pub(super) struct Operator<'a> {
    pub(super) kind: Kind,
    pub(super) inputs: Vec<usize>,
    pub(super) outputs: Vec<usize>,
    pub(super) options: Option<Table<'a>>,
    pub(super) custom_options: &'a [u8],
}

/// The operators that the models use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Add,
    AveragePool,
    Concatenation,
    Conv,
    DepthwiseConv,
    Dequantize,
    Div,
    HardSwish,
    Logistic,
    MaxPool,
    Mean,
    Mul,
    Neg,
    Pad,
    Prelu,
    Relu,
    Reshape,
    ResizeBilinear,
    Rsqrt,
    Sqrt,
    SquaredDifference,
    StridedSlice,
    Sub,
    Sum,
    Transpose,
    /// `MediaPipe`'s own `Convolution2DTransposeBias`.
    TransposeConv,
}

/// Larger dimensions than any model has, and small enough that no product of two overflows.
const LARGEST: usize = 1 << 16;

impl<'a> Graph<'a> {
    pub(super) fn read(file: &'a [u8]) -> Result<Self, TfliteError> {
        let model = Table::root(file)?;
        let kinds: Vec<_> = model.tables(1)?.into_iter().map(kind).collect::<Result<_, _>>()?;
        let buffers = model.tables(4)?;
        let [graph] = model.tables(2)?[..] else {
            return Err(TfliteError::Unsupported("more or less than one subgraph".to_owned()));
        };
        let tensors: Vec<_> =
            graph.tables(0)?.into_iter().map(|table| tensor(table, &buffers)).collect::<Result<_, _>>()?;
        let operator = |table| operator(table, &kinds, tensors.len());
        let operators = graph.tables(3)?.into_iter().map(operator).collect::<Result<_, _>>()?;
        let inputs = indexes(graph, 1, tensors.len())?;
        let outputs = indexes(graph, 2, tensors.len())?;
        Ok(Self { tensors, operators, inputs, outputs })
    }
}

fn tensor<'a>(table: Table<'a>, buffers: &[Table<'a>]) -> Result<Tensor<'a>, TfliteError> {
    let dimension = |value: i32| {
        usize::try_from(value)
            .ok()
            .filter(|value| *value <= LARGEST)
            .ok_or(TfliteError::Damaged("a dimension is out of bounds"))
    };
    let shape = table.ints(0)?.into_iter().map(dimension).collect::<Result<_, _>>()?;
    let element = match table.byte(1)? {
        0 => Element::F32,
        1 => Element::F16,
        2 => Element::I32,
        _ => Element::Other,
    };
    let buffer = usize::try_from(table.int(2, 0)?).ok().and_then(|at| buffers.get(at));
    let buffer = buffer.ok_or(TfliteError::Damaged("a tensor has no buffer"))?;
    Ok(Tensor { shape, element, data: buffer.bytes(0)? })
}

fn operator<'a>(table: Table<'a>, kinds: &[Kind], tensors: usize) -> Result<Operator<'a>, TfliteError> {
    let kind = usize::try_from(table.int(0, 0)?).ok().and_then(|at| kinds.get(at));
    Ok(Operator {
        kind: *kind.ok_or(TfliteError::Damaged("an operator has no code"))?,
        inputs: indexes(table, 1, tensors)?,
        outputs: indexes(table, 2, tensors)?,
        options: table.table(4)?,
        custom_options: table.bytes(5)?,
    })
}

fn indexes(table: Table<'_>, slot: usize, tensors: usize) -> Result<Vec<usize>, TfliteError> {
    let index = |at: i32| usize::try_from(at).ok().filter(|at| *at < tensors);
    let indexes: Option<_> = table.ints(slot)?.into_iter().map(index).collect();
    indexes.ok_or(TfliteError::Damaged("there is no such tensor"))
}

/// Codes above 127 stand in a later field than the others; the models have none.
fn kind(code: Table<'_>) -> Result<Kind, TfliteError> {
    Ok(match code.byte(0)? {
        0 => Kind::Add,
        1 => Kind::AveragePool,
        2 => Kind::Concatenation,
        3 => Kind::Conv,
        4 => Kind::DepthwiseConv,
        6 => Kind::Dequantize,
        14 => Kind::Logistic,
        17 => Kind::MaxPool,
        18 => Kind::Mul,
        19 => Kind::Relu,
        22 => Kind::Reshape,
        23 => Kind::ResizeBilinear,
        32 if code.bytes(1)? == b"Convolution2DTransposeBias" => Kind::TransposeConv,
        34 => Kind::Pad,
        39 => Kind::Transpose,
        40 => Kind::Mean,
        41 => Kind::Sub,
        42 => Kind::Div,
        45 => Kind::StridedSlice,
        54 => Kind::Prelu,
        59 => Kind::Neg,
        74 => Kind::Sum,
        75 => Kind::Sqrt,
        76 => Kind::Rsqrt,
        99 => Kind::SquaredDifference,
        117 => Kind::HardSwish,
        other => return Err(TfliteError::Unsupported(format!("operator {other}"))),
    })
}
