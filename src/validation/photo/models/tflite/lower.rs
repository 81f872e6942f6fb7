//! Each operator of a .tflite graph as one or a few of ONNX.
//!
//! A tensor of four dimensions may be known by two names, channels last and channels first. The other one is made by a
//! transposition only when an operator asks for it: convolutions, pools and the like ask for channels first,
//! elementwise operators take what is there, the rest works on channels last as in the file.

mod windows;

use super::{
    TfliteError,
    flat::Table,
    graph::{Graph, Kind, Operator, Tensor},
    onnx::{Attribute, Builder},
};

/// Channels first, from channels last, and back.
const FIRST: [usize; 4] = [0, 3, 1, 2];
const LAST: [i64; 4] = [0, 2, 3, 1];

const SHAPES: TfliteError = TfliteError::Damaged("shapes do not fit each other");

pub(super) fn lower(graph: &Graph<'_>) -> Result<Vec<u8>, TfliteError> {
    let names = vec![Names::default(); graph.tensors.len()];
    let sources = (0..graph.tensors.len()).collect();
    let mut lowering = Lowering { graph, onnx: Builder::default(), names, sources };
    for &tensor in &graph.inputs {
        lowering.names[tensor].last = Some(lowering.onnx.input(&graph.tensors[tensor].shape));
    }
    for operator in &graph.operators {
        lowering.operator(operator)?;
    }
    for &tensor in &graph.outputs {
        let name = lowering.last(tensor)?;
        lowering.onnx.output(&name, &graph.tensors[tensor].shape);
    }
    Ok(lowering.onnx.bytes())
}

struct Lowering<'a> {
    graph: &'a Graph<'a>,
    onnx: Builder,
    names: Vec<Names>,
    /// Where a tensor's numbers stand, if they stand in the file: weights are dequantised from another tensor.
    sources: Vec<usize>,
}

#[derive(Clone, Default)]
struct Names {
    /// Channels last, and every tensor that has not four dimensions.
    last: Option<String>,
    first: Option<String>,
}

impl<'a> Lowering<'a> {
    fn operator(&mut self, operator: &Operator<'a>) -> Result<(), TfliteError> {
        let [output] = operator.outputs[..] else { return Err(SHAPES) };
        match operator.kind {
            Kind::Dequantize => {
                self.sources[output] = input(operator, 0)?;
                return Ok(());
            }
            Kind::Conv | Kind::DepthwiseConv => self.convolution(operator, output)?,
            Kind::TransposeConv => self.transposed_convolution(operator, output)?,
            Kind::AveragePool => self.pool("AveragePool", operator, output)?,
            Kind::MaxPool => self.pool("MaxPool", operator, output)?,
            Kind::Prelu => self.prelu(operator, output)?,
            Kind::Pad => self.pad(operator, output)?,
            Kind::ResizeBilinear => self.resize(operator, output)?,
            Kind::Relu => self.elementwise(&["Relu"], operator, output)?,
            Kind::Logistic => self.elementwise(&["Sigmoid"], operator, output)?,
            Kind::HardSwish => self.elementwise(&["HardSwish"], operator, output)?,
            Kind::Neg => self.elementwise(&["Neg"], operator, output)?,
            Kind::Sqrt => self.elementwise(&["Sqrt"], operator, output)?,
            Kind::Rsqrt => self.elementwise(&["Sqrt", "Reciprocal"], operator, output)?,
            Kind::Add => self.elementwise(&["Add"], operator, output)?,
            Kind::Sub => self.elementwise(&["Sub"], operator, output)?,
            Kind::Mul => self.elementwise(&["Mul"], operator, output)?,
            Kind::Div => self.elementwise(&["Div"], operator, output)?,
            Kind::SquaredDifference => self.elementwise(&["Sub", "square"], operator, output)?,
            Kind::Mean | Kind::Sum => self.reduction(operator, output)?,
            Kind::Concatenation => self.concatenation(operator, output)?,
            Kind::Reshape => self.reshape(operator, output)?,
            Kind::Transpose => self.transposition(operator, output)?,
            Kind::StridedSlice => self.slice(operator, output)?,
        }
        self.activate(operator, output)
    }

    /// The activation that the file folds into an operator: none or the rectifier.
    fn activate(&mut self, operator: &Operator<'a>, output: usize) -> Result<(), TfliteError> {
        let slot = match operator.kind {
            Kind::Add | Kind::Sub | Kind::Mul | Kind::Div => 0,
            Kind::Concatenation => 1,
            Kind::Conv => 3,
            Kind::DepthwiseConv => 4,
            Kind::AveragePool | Kind::MaxPool => 5,
            _ => return Ok(()),
        };
        match operator.options.map_or(Ok(0), |options| options.byte(slot))? {
            0 => {}
            1 => {
                let names = &mut self.names[output];
                for name in [&mut names.last, &mut names.first].into_iter().flatten() {
                    *name = self.onnx.node("Relu", &[name], vec![]);
                }
            }
            other => return Err(TfliteError::Unsupported(format!("activation {other}"))),
        }
        Ok(())
    }

    /// Operators in a row, the first on all inputs. Channels first if any input has them so and all can have.
    fn elementwise(
        &mut self,
        names: &[&str],
        operator: &Operator<'a>,
        output: usize,
    ) -> Result<(), TfliteError> {
        let is_first = operator.inputs.iter().any(|&input| self.names[input].first.is_some())
            && operator.inputs.iter().all(|&input| {
                let shape = &self.graph.tensors[self.sources[input]].shape;
                shape.len() == 4 || shape.iter().all(|&size| size == 1)
            });
        let name = |&input: &usize| if is_first { self.first(input) } else { self.last(input) };
        let inputs = operator.inputs.iter().map(name).collect::<Result<Vec<_>, _>>()?;
        let mut inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let mut result = String::new();
        for &name in names {
            result = match name {
                "square" => self.onnx.node("Mul", &[&result, &result], vec![]),
                name => self.onnx.node(name, &inputs, vec![]),
            };
            inputs = vec![&result];
        }
        let place = &mut self.names[output];
        *if is_first { &mut place.first } else { &mut place.last } = Some(result);
        Ok(())
    }

    fn reduction(&mut self, operator: &Operator<'a>, output: usize) -> Result<(), TfliteError> {
        let axes = self.ints(operator, 1)?;
        let tensor = self.last(input(operator, 0)?)?;
        let keep = Attribute::int("keepdims", i64::from(options(operator)?.byte(0)?));
        // Up to version 17 of the operators one takes its axes as attribute, the other as input.
        if operator.kind == Kind::Mean {
            self.set_last(output, "ReduceMean", &[&tensor], vec![keep, Attribute::ints("axes", axes)]);
        } else {
            let axes = self.onnx.ints(&axes);
            self.set_last(output, "ReduceSum", &[&tensor, &axes], vec![keep]);
        }
        Ok(())
    }

    fn concatenation(&mut self, operator: &Operator<'a>, output: usize) -> Result<(), TfliteError> {
        let inputs = operator.inputs.iter().map(|&input| self.last(input)).collect::<Result<Vec<_>, _>>()?;
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let axis = Attribute::int("axis", i64::from(options(operator)?.int(0, 0)?));
        self.set_last(output, "Concat", &inputs, vec![axis]);
        Ok(())
    }

    fn reshape(&mut self, operator: &Operator<'a>, output: usize) -> Result<(), TfliteError> {
        let tensor = self.last(input(operator, 0)?)?;
        self.reshaped(output, &tensor);
        Ok(())
    }

    fn reshaped(&mut self, output: usize, tensor: &str) {
        let shape: Vec<i64> = self.graph.tensors[output].shape.iter().map(|&size| size as i64).collect();
        let shape = self.onnx.ints(&shape);
        self.set_last(output, "Reshape", &[tensor, &shape], vec![]);
    }

    fn transposition(&mut self, operator: &Operator<'a>, output: usize) -> Result<(), TfliteError> {
        let order = self.ints(operator, 1)?;
        let tensor = self.last(input(operator, 0)?)?;
        self.set_last(output, "Transpose", &[&tensor], vec![Attribute::ints("perm", order)]);
        Ok(())
    }

    /// A mask leaves out a limit; an axis that shrinks has one element and is dropped.
    fn slice(&mut self, operator: &Operator<'a>, output: usize) -> Result<(), TfliteError> {
        let options = options(operator)?;
        let mask = |slot| Ok(options.int(slot, 0)? as u32);
        let [no_begin, no_end, ellipsis, new_axis, shrink] =
            [mask(0)?, mask(1)?, mask(2)?, mask(3)?, mask(4)?];
        let tensor = input(operator, 0)?;
        let shape = &self.graph.tensors[tensor].shape;
        let [mut begins, mut ends, steps] =
            [self.ints(operator, 1)?, self.ints(operator, 2)?, self.ints(operator, 3)?];
        let is_known = ellipsis | new_axis == 0 && shape.len() <= 4 && steps.iter().all(|&step| step == 1);
        if !is_known || [begins.len(), ends.len(), steps.len()] != [shape.len(); 3] {
            return Err(TfliteError::Unsupported("a slice other than of whole axes".to_owned()));
        }
        for (axis, &size) in shape.iter().enumerate() {
            let has = |mask: u32| mask >> axis & 1 == 1;
            if has(no_begin) {
                begins[axis] = 0;
            }
            if has(shrink) {
                ends[axis] = begins[axis] + 1;
            } else if has(no_end) {
                ends[axis] = size as i64;
            }
        }
        let tensor = self.last(tensor)?;
        let [begins, ends] = [self.onnx.ints(&begins), self.onnx.ints(&ends)];
        let slice = self.onnx.node("Slice", &[&tensor, &begins, &ends], vec![]);
        self.reshaped(output, &slice);
        Ok(())
    }

    /// The name of a tensor with channels last, as it is in the file.
    fn last(&mut self, tensor: usize) -> Result<String, TfliteError> {
        if let Some(name) = &self.names[tensor].last {
            return Ok(name.clone());
        }
        let name = if let Some(name) = &self.names[tensor].first {
            self.onnx.node("Transpose", &[name], vec![Attribute::ints("perm", LAST)])
        } else {
            let constant = self.constant(tensor)?;
            self.onnx.floats(&constant.shape, &constant.floats()?)
        };
        self.names[tensor].last = Some(name.clone());
        Ok(name)
    }

    /// The name of a tensor of four dimensions, or of one number, with channels first.
    fn first(&mut self, tensor: usize) -> Result<String, TfliteError> {
        if let Some(name) = &self.names[tensor].first {
            return Ok(name.clone());
        }
        let name = self.last(tensor)?;
        if self.graph.tensors[self.sources[tensor]].shape.len() != 4 {
            return Ok(name);
        }
        let order = FIRST.map(|dimension| dimension as i64);
        let name = self.onnx.node("Transpose", &[&name], vec![Attribute::ints("perm", order)]);
        self.names[tensor].first = Some(name.clone());
        Ok(name)
    }

    fn set_last(&mut self, tensor: usize, name: &str, inputs: &[&str], attributes: Vec<Attribute>) {
        self.names[tensor].last = Some(self.onnx.node(name, inputs, attributes));
    }

    fn set_first(&mut self, tensor: usize, name: &str, inputs: &[&str], attributes: Vec<Attribute>) {
        self.names[tensor].first = Some(self.onnx.node(name, inputs, attributes));
    }

    /// A tensor whose numbers stand in the file.
    fn constant(&self, tensor: usize) -> Result<&'a Tensor<'a>, TfliteError> {
        let source = &self.graph.tensors[self.sources[tensor]];
        if source.is_constant() { Ok(source) } else { Err(TfliteError::Damaged("weights are missing")) }
    }

    /// An input that is a list of whole numbers.
    fn ints(&self, operator: &Operator<'a>, at: usize) -> Result<Vec<i64>, TfliteError> {
        self.graph.tensors[input(operator, at)?].ints()
    }
}

fn input(operator: &Operator<'_>, at: usize) -> Result<usize, TfliteError> {
    operator.inputs.get(at).copied().ok_or(SHAPES)
}

fn options<'a>(operator: &Operator<'a>) -> Result<Table<'a>, TfliteError> {
    operator.options.ok_or(TfliteError::Damaged("an operator has no options"))
}

fn four(tensor: &Tensor<'_>) -> Result<[usize; 4], TfliteError> {
    tensor.shape[..].try_into().map_err(|_| SHAPES)
}
