//! A file between the look at it and its import: on disk without a name, sealed in pieces under a key of its own that
//! no other process ever has. It is gone with its owner, and with this process; memory holds one piece of it.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _},
};

use tokio::io::AsyncWriteExt as _;

use crate::{
    ids::Ids,
    secrets::{KEY_LEN, Keyring, OVERHEAD},
};

/// Sealed at a time, in bytes.
const PIECE: usize = 1 << 20;
/// What the pieces are, for the seal.
const PLACE: &str = "imports.file";

/// A file that is still coming in.
pub(super) struct Sealing {
    file: tokio::fs::File,
    keyring: Keyring,
    piece: Vec<u8>,
    pieces: usize,
}

/// A whole one.
pub(super) struct Sealed {
    file: File,
    keyring: Keyring,
}

impl Sealing {
    pub(super) fn begin() -> io::Result<Self> {
        let file = tokio::fs::File::from_std(tempfile::tempfile()?);
        let keyring = Keyring::new(&Ids::random().bytes::<KEY_LEN>(), &[]);
        Ok(Self { file, keyring, piece: Vec::with_capacity(PIECE), pieces: 0 })
    }

    pub(super) async fn add(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let (head, rest) = bytes.split_at(bytes.len().min(PIECE - self.piece.len()));
            self.piece.extend_from_slice(head);
            bytes = rest;
            if self.piece.len() == PIECE {
                self.write().await?;
            }
        }
        Ok(())
    }

    pub(super) async fn end(mut self) -> io::Result<Sealed> {
        if !self.piece.is_empty() {
            self.write().await?;
        }
        self.file.flush().await?;
        Ok(Sealed { file: self.file.into_std().await, keyring: self.keyring })
    }

    async fn write(&mut self) -> io::Result<()> {
        let sealed = self.keyring.seal(PLACE, &self.pieces.to_string(), &self.piece);
        self.pieces += 1;
        self.piece.clear();
        self.file.write_all(&sealed).await
    }
}

impl Sealed {
    /// The whole file; blocks.
    pub(super) fn read(&self) -> io::Result<Vec<u8>> {
        let mut file = &self.file;
        file.rewind()?;
        let mut whole = Vec::with_capacity(file.metadata()?.len() as usize);
        for number in 0_usize.. {
            let mut sealed = Vec::with_capacity(PIECE + OVERHEAD);
            file.take((PIECE + OVERHEAD) as u64).read_to_end(&mut sealed)?;
            if sealed.is_empty() {
                break;
            }
            let piece = self.keyring.open(PLACE, &number.to_string(), &sealed);
            whole.extend(piece.map_err(io::Error::other)?);
        }
        Ok(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_comes_back_whole_and_lies_there_sealed() {
        for length in [0, 1, PIECE, PIECE + 1, 2 * PIECE + 7] {
            let plain: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let mut sealing = Sealing::begin().unwrap();
            for chunk in plain.chunks(300_007) {
                sealing.add(chunk).await.unwrap();
            }
            let sealed = sealing.end().await.unwrap();
            assert!(sealed.read().unwrap() == plain && sealed.read().unwrap() == plain, "{length}");
            let mut file = &sealed.file;
            file.rewind().unwrap();
            let mut kept = Vec::new();
            file.read_to_end(&mut kept).unwrap();
            assert_eq!(kept.len(), length + length.div_ceil(PIECE) * OVERHEAD);
            assert!(length < 64 || !kept.windows(64).any(|some| some == &plain[..64]), "{length}");
        }
    }
}
