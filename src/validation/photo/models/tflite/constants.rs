//! The numbers of a tensor that stand in the file.

use super::{
    TfliteError,
    graph::{Element, Tensor},
};

impl Tensor<'_> {
    pub(super) fn is_constant(&self) -> bool {
        !self.data.is_empty()
    }

    /// Its numbers, which must be as many as its shape says.
    pub(super) fn floats(&self) -> Result<Vec<f32>, TfliteError> {
        let values: Vec<f32> = match self.element {
            Element::F32 => chunks(self.data).map(f32::from_le_bytes).collect(),
            Element::F16 => chunks(self.data).map(|bytes| half(u16::from_le_bytes(bytes))).collect(),
            Element::I32 | Element::Other => return Err(TfliteError::Damaged("weights are not of numbers")),
        };
        let size = self.shape.iter().try_fold(1usize, |size, &dimension| size.checked_mul(dimension));
        if size != Some(values.len()) {
            return Err(TfliteError::Damaged("weights have another size than their shape"));
        }
        Ok(values)
    }

    /// Its whole numbers: axes, sizes, amounts of padding.
    pub(super) fn ints(&self) -> Result<Vec<i64>, TfliteError> {
        if self.element != Element::I32 || !self.is_constant() {
            return Err(TfliteError::Unsupported("a parameter that is computed".to_owned()));
        }
        Ok(chunks(self.data).map(|bytes| i64::from(i32::from_le_bytes(bytes))).collect())
    }
}

fn chunks<const N: usize>(data: &[u8]) -> impl Iterator<Item = [u8; N]> {
    data.as_chunks().0.iter().copied()
}

/// A number of 16 bits (IEEE 754 binary16).
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let fraction = f32::from(bits & 0x03ff);
    let magnitude = match bits >> 10 & 0x1f {
        0 => fraction * 2f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        exponent => (1024.0 + fraction) * 2f32.powi(i32::from(exponent) - 25),
    };
    sign * magnitude
}

/// The same numbers in another order of dimensions: dimension `i` of the result is dimension `order[i]` of these.
pub(super) fn turned(values: &[f32], shape: [usize; 4], order: [usize; 4]) -> Vec<f32> {
    let strides = [shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1];
    let [a, b, c, d] = order;
    let mut result = Vec::with_capacity(values.len());
    for i in 0..shape[a] {
        for j in 0..shape[b] {
            for k in 0..shape[c] {
                let start = i * strides[a] + j * strides[b] + k * strides[c];
                result.extend(values[start..].iter().step_by(strides[d].max(1)).take(shape[d]));
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_16_bits_are_read() {
        let rows: [(u16, f32); 9] = [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65504.0),
            (0x0400, 6.103_515_6e-5),
            (0x0001, 5.960_464_5e-8),
            (0x7c00, f32::INFINITY),
            (0xfc00, f32::NEG_INFINITY),
        ];
        for (bits, expected) in rows {
            assert_eq!(half(bits).to_bits(), expected.to_bits(), "{bits:04x}");
        }
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn dimensions_are_turned() {
        let values: Vec<f32> = (0..6u8).map(f32::from).collect();
        // One row of two pixels with three channels: the first channel of both, then the second …
        assert_eq!(turned(&values, [1, 1, 2, 3], [0, 3, 1, 2]), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
        assert_eq!(turned(&values, [1, 1, 2, 3], [0, 1, 2, 3]), values);
    }
}
