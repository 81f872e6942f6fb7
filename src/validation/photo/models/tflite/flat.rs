//! A flatbuffer, as far as model files need it: tables, vectors and numbers, each read within the bounds of the file.

use super::TfliteError;

const DAMAGED: TfliteError = TfliteError::Damaged("an offset leads out of the file");

/// A table: fields by slot, any of which may be left out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'a> {
    file: &'a [u8],
    at: usize,
}

impl<'a> Table<'a> {
    /// The table that the file begins with.
    pub(super) fn root(file: &'a [u8]) -> Result<Self, TfliteError> {
        Ok(Self { file, at: follow(file, 0)? })
    }

    /// A signed number of four bytes.
    pub(super) fn int(self, slot: usize, default: i32) -> Result<i32, TfliteError> {
        self.field(slot)?.map_or(Ok(default), |at| array(self.file, at).map(i32::from_le_bytes))
    }

    /// A number of one byte, or a boolean.
    pub(super) fn byte(self, slot: usize) -> Result<u8, TfliteError> {
        self.field(slot)?.map_or(Ok(0), |at| array(self.file, at).map(|[byte]| byte))
    }

    /// The table that a field refers to.
    pub(super) fn table(self, slot: usize) -> Result<Option<Self>, TfliteError> {
        let table = |at| Ok(Self { file: self.file, at: follow(self.file, at)? });
        self.field(slot)?.map(table).transpose()
    }

    /// A vector or text of bytes; none = empty.
    pub(super) fn bytes(self, slot: usize) -> Result<&'a [u8], TfliteError> {
        self.vector(slot, 1).map(|(_, bytes)| bytes)
    }

    /// A vector of signed numbers of four bytes; none = empty.
    pub(super) fn ints(self, slot: usize) -> Result<Vec<i32>, TfliteError> {
        let (_, bytes) = self.vector(slot, 4)?;
        Ok(bytes.as_chunks().0.iter().map(|bytes| i32::from_le_bytes(*bytes)).collect())
    }

    /// A vector of tables; none = empty.
    pub(super) fn tables(self, slot: usize) -> Result<Vec<Self>, TfliteError> {
        let (start, bytes) = self.vector(slot, 4)?;
        (start..start + bytes.len())
            .step_by(4)
            .map(|at| Ok(Self { file: self.file, at: follow(self.file, at)? }))
            .collect()
    }

    /// Where a vector of elements of this size begins, and its bytes.
    fn vector(self, slot: usize, size: usize) -> Result<(usize, &'a [u8]), TfliteError> {
        let Some(at) = self.field(slot)? else { return Ok((0, &[])) };
        let start = follow(self.file, at)?;
        let length = u32::from_le_bytes(array(self.file, start)?) as usize;
        let start = start + 4;
        let bytes = length.checked_mul(size).and_then(|length| self.file.get(start..)?.get(..length));
        Ok((start, bytes.ok_or(DAMAGED)?))
    }

    /// Where a field stands, if it is there. A table begins with the way back to the list of its fields' places.
    fn field(self, slot: usize) -> Result<Option<usize>, TfliteError> {
        let back = i32::from_le_bytes(array(self.file, self.at)?);
        let list = usize::try_from(self.at as i64 - i64::from(back)).map_err(|_| DAMAGED)?;
        let length = usize::from(u16::from_le_bytes(array(self.file, list)?));
        let place = 4 + 2 * slot;
        if place + 2 > length {
            return Ok(None);
        }
        let offset = usize::from(u16::from_le_bytes(array(self.file, list + place)?));
        Ok((offset != 0).then_some(self.at + offset))
    }
}

/// Where the unsigned offset at a place leads.
fn follow(file: &[u8], at: usize) -> Result<usize, TfliteError> {
    Ok(at + u32::from_le_bytes(array(file, at)?) as usize)
}

fn array<const N: usize>(file: &[u8], at: usize) -> Result<[u8; N], TfliteError> {
    file.get(at..).and_then(<[u8]>::first_chunk).copied().ok_or(DAMAGED)
}
