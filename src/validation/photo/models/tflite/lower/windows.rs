//! The operators that move a window over a picture, or know its channels: they work on channels first.

use super::{
    super::{
        TfliteError,
        constants::turned,
        flat::Table,
        graph::{Kind, Operator},
        onnx::Attribute,
    },
    FIRST, Lowering, SHAPES, four, input, options,
};

/// What is moved over a picture: height before width.
struct Window {
    size: [usize; 2],
    strides: [i64; 2],
    dilations: [i64; 2],
}

impl<'a> Lowering<'a> {
    pub(super) fn convolution(&mut self, operator: &Operator<'a>, output: usize) -> Result<(), TfliteError> {
        let picture = input(operator, 0)?;
        let options = options(operator)?;
        let weights = self.constant(input(operator, 1)?)?;
        let [.., channels] = four(&self.graph.tensors[picture])?;
        let shape @ [outer, height, width, inner] = four(weights)?;
        // Depthwise weights are one row of channels, each for itself.
        let is_depthwise = operator.kind == Kind::DepthwiseConv;
        let (order, shape_first) = if is_depthwise {
            ([3, 0, 1, 2], [inner, outer, height, width])
        } else {
            (FIRST, [outer, inner, height, width])
        };
        if inner != channels || (is_depthwise && outer != 1) {
            return Err(SHAPES);
        }
        let weights = self.onnx.floats(&shape_first, &turned(&weights.floats()?, shape, order));
        let bias = self.last(input(operator, 2)?)?;
        let dilation = |slot| options.int(slot, 1);
        let dilations =
            if is_depthwise { [dilation(6)?, dilation(5)?] } else { [dilation(5)?, dilation(4)?] };
        let window =
            Window { size: [height, width], strides: strides(options)?, dilations: dilations.map(i64::from) };
        let mut attributes = self.window(&window, options, picture, output)?;
        attributes.push(Attribute::int("group", if is_depthwise { channels as i64 } else { 1 }));
        attributes.push(Attribute::ints("dilations", window.dilations));
        let picture = self.first(picture)?;
        self.set_first(output, "Conv", &[&picture, &weights, &bias], attributes);
        Ok(())
    }

    /// Each pixel becomes a square of pixels that does not overlap its neighbours'.
    pub(super) fn transposed_convolution(
        &mut self,
        operator: &Operator<'a>,
        output: usize,
    ) -> Result<(), TfliteError> {
        let picture = input(operator, 0)?;
        let weights = self.constant(input(operator, 1)?)?;
        let shape @ [outer, height, width, inner] = four(weights)?;
        // Padding, then the strides of width and height, four bytes each.
        let (numbers, _) = operator.custom_options.as_chunks::<4>();
        let [_, stride_width, stride_height] = numbers else { return Err(SHAPES) };
        let strides = [stride_height, stride_width].map(|bytes| i64::from(i32::from_le_bytes(*bytes)));
        if strides != [height as i64, width as i64] {
            return Err(TfliteError::Unsupported("a transposed convolution that overlaps".to_owned()));
        }
        let weights = self
            .onnx
            .floats(&[inner, outer, height, width], &turned(&weights.floats()?, shape, [3, 0, 1, 2]));
        let bias = self.last(input(operator, 2)?)?;
        let picture = self.first(picture)?;
        let attributes = vec![Attribute::ints("kernel_shape", strides), Attribute::ints("strides", strides)];
        self.set_first(output, "ConvTranspose", &[&picture, &weights, &bias], attributes);
        Ok(())
    }

    pub(super) fn pool(
        &mut self,
        name: &str,
        operator: &Operator<'a>,
        output: usize,
    ) -> Result<(), TfliteError> {
        let picture = input(operator, 0)?;
        let options = options(operator)?;
        let size = [options.int(4, 0)?, options.int(3, 0)?].map(|size| size.max(0) as usize);
        let window = Window { size, strides: strides(options)?, dilations: [1, 1] };
        let attributes = self.window(&window, options, picture, output)?;
        let picture = self.first(picture)?;
        self.set_first(output, name, &[&picture], attributes);
        Ok(())
    }

    /// The attributes that say how a window moves over a picture. With the padding SAME the odd pixel is added at the
    /// bottom and on the right.
    fn window(
        &self,
        window: &Window,
        options: Table<'_>,
        picture: usize,
        output: usize,
    ) -> Result<Vec<Attribute>, TfliteError> {
        let [_, before_height, before_width, _] = four(&self.graph.tensors[picture])?;
        let [_, after_height, after_width, _] = four(&self.graph.tensors[output])?;
        let missing = |at: usize, before: usize, after: usize| {
            let reach = (window.size[at] as i64 - 1) * window.dilations[at] + 1;
            ((after as i64 - 1) * window.strides[at] + reach - before as i64).max(0)
        };
        let is_same = options.byte(0)? == 0;
        let [height, width] = if is_same {
            [missing(0, before_height, after_height), missing(1, before_width, after_width)]
        } else {
            [0, 0]
        };
        let size = window.size.map(|size| size as i64);
        Ok(vec![
            Attribute::ints("kernel_shape", size),
            Attribute::ints("strides", window.strides),
            Attribute::ints("pads", [height / 2, width / 2, height - height / 2, width - width / 2]),
        ])
    }

    /// One slope for each channel.
    pub(super) fn prelu(&mut self, operator: &Operator<'a>, output: usize) -> Result<(), TfliteError> {
        let slope = self.constant(input(operator, 1)?)?;
        let [1, 1, channels] = slope.shape[..] else { return Err(SHAPES) };
        let slope = self.onnx.floats(&[channels, 1, 1], &slope.floats()?);
        let picture = self.first(input(operator, 0)?)?;
        self.set_first(output, "PRelu", &[&picture, &slope], vec![]);
        Ok(())
    }

    pub(super) fn pad(&mut self, operator: &Operator<'a>, output: usize) -> Result<(), TfliteError> {
        let amounts = self.ints(operator, 1)?;
        let (pairs, _) = amounts.as_chunks::<2>();
        let pairs: [[i64; 2]; 4] = pairs.try_into().map_err(|_| SHAPES)?;
        let amounts: Vec<i64> =
            (0..2).flat_map(|side| FIRST.map(|dimension| pairs[dimension][side])).collect();
        let amounts = self.onnx.ints(&amounts);
        let picture = self.first(input(operator, 0)?)?;
        self.set_first(output, "Pad", &[&picture, &amounts], vec![]);
        Ok(())
    }

    pub(super) fn resize(&mut self, operator: &Operator<'a>, output: usize) -> Result<(), TfliteError> {
        let options = options(operator)?;
        let mode = match (options.byte(2)? != 0, options.byte(3)? != 0) {
            (true, _) => "align_corners",
            (false, true) => "half_pixel",
            (false, false) => "asymmetric",
        };
        let shape = four(&self.graph.tensors[output])?;
        let sizes = self.onnx.ints(&FIRST.map(|dimension| shape[dimension] as i64));
        let picture = self.first(input(operator, 0)?)?;
        let attributes =
            vec![Attribute::text("mode", "linear"), Attribute::text("coordinate_transformation_mode", mode)];
        self.set_first(output, "Resize", &[&picture, "", "", &sizes], attributes);
        Ok(())
    }
}

fn strides(options: Table<'_>) -> Result<[i64; 2], TfliteError> {
    Ok([i64::from(options.int(2, 0)?), i64::from(options.int(1, 0)?)])
}
