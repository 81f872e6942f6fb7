//! Portraits on their way to whoever makes the certificates, in two steps.

use sha2::{Digest as _, Sha256};

use super::{RetentionError, SHOWN, audit};
use crate::{
    files::{Files, FilesError},
    office::{Act, Who},
    secrets::hex,
    store::{Handover, RETENTION, Store},
    time::Millis,
};

/// Cases whose portraits are looked for at once.
pub(super) const PAGE: u32 = 100;

/// A portrait on its way out.
pub struct Portrait {
    /// Whose.
    pub exam_no: String,
    /// The certificate's file, 480×640.
    pub jpeg: Vec<u8>,
}

impl Portrait {
    /// The name of its file.
    pub fn file(&self) -> String {
        format!("{}.jpg", self.exam_no)
    }
}

/// The list that goes with the files, by which whoever gets them sees that all arrived as they were.
pub struct Manifest {
    lines: String,
}

impl Manifest {
    /// The name of its file.
    pub const FILE: &str = "manifest.csv";

    /// A file that was written.
    pub fn add(&mut self, portrait: &Portrait) {
        let (digest, bytes) = (hex(&Sha256::digest(&portrait.jpeg)), portrait.jpeg.len());
        let cells = [portrait.exam_no.as_str(), &portrait.file(), &bytes.to_string(), &digest];
        self.lines += &cells.join(",");
        self.lines.push('\n');
    }

    /// As CSV.
    pub fn text(&self) -> &str {
        &self.lines
    }
}

impl Default for Manifest {
    fn default() -> Self {
        Self { lines: "exam_no,file,bytes,sha256\n".to_owned() }
    }
}

/// What is written out.
pub struct Order<'a> {
    /// Of which batch.
    pub batch: &'a str,
    /// The hand-over's id, a ULID.
    pub id: &'a str,
    /// So many portraits at most.
    pub most: Option<u64>,
}

/// What was written out, and what should have been.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WrittenOut {
    /// How many portraits.
    pub portraits: u64,
    /// Numbers of cases that graduated and whose portrait is not there, so that somebody looks for it.
    pub missing: Vec<String>,
}

/// Writes out the portraits of whoever graduated in a batch and whose portrait nobody has written out yet: each is given to
/// `write`, which keeps it durably. One that is missing holds the others not up. Nothing is deleted before [`confirm`].
pub async fn hand_over(
    store: &Store,
    files: &dyn Files,
    who: Who<'_>,
    order: Order<'_>,
    now: Millis,
    mut write: impl FnMut(&Portrait) -> std::io::Result<()>,
) -> Result<WrittenOut, RetentionError> {
    if !who.may(Act::Conclude) {
        return Err(RetentionError::Role);
    }
    let Order { batch, id, most } = order;
    let mut written = WrittenOut { portraits: 0, missing: store.graduated_without_portrait(batch).await? };
    let (mut after, mut begun) = (String::new(), false);
    loop {
        let page = store.portraits_to_hand_over(batch, &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(written) };
        after.clone_from(last);
        for case_id in &page {
            if most.is_some_and(|most| written.portraits >= most) {
                return Ok(written);
            }
            let Some(case) = store.case_by_id(case_id).await? else { continue };
            let jpeg = match &case.portrait {
                Some(portrait) => files.get(&portrait.name).await?,
                None => None,
            };
            let Some(jpeg) = jpeg else {
                written.missing.push(case.number.clone());
                continue;
            };
            if !std::mem::replace(&mut begun, true) {
                let line = audit(who, "write_out_portraits", RETENTION, format!("{batch} {id}"));
                store.begin_handover(id, batch, &line, now).await?;
            }
            write(&Portrait { exam_no: case.exam_no.clone(), jpeg }).map_err(FilesError::Io)?;
            written.portraits += u64::from(store.hand_over(id, case_id, case.version).await?);
        }
    }
}

/// A hand-over that waits to be confirmed, to be looked at before.
pub async fn unconfirmed(store: &Store, who: Who<'_>, id: &str) -> Result<Handover, RetentionError> {
    if !who.may(Act::Conclude) {
        return Err(RetentionError::Role);
    }
    let mut handovers = store.handovers(SHOWN).await?.into_iter();
    handovers.find(|known| known.id == id && known.confirmed.is_none()).ok_or(RetentionError::Over)
}

/// The portraits of a hand-over arrived: those here go with the next step of the sweep.
pub async fn confirm(store: &Store, who: Who<'_>, id: &str, now: Millis) -> Result<(), RetentionError> {
    if !who.may(Act::Conclude) {
        return Err(RetentionError::Role);
    }
    let line = audit(who, "confirm_handover", RETENTION, id.to_owned());
    if store.confirm_handover(id, &line, now).await? { Ok(()) } else { Err(RetentionError::Over) }
}
