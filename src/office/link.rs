//! The WeChat account of somebody who works at an office: where previews and reminders of their account go.
//!
//! A code is drawn here and said in the chat within ten minutes; the turn that hears it links the two. One's own account
//! only: nobody links or unlinks another's.

use super::Who;
use crate::{
    clock::Now,
    store::{StaffRow, Store, StoreError},
    time::Millis,
    turn::Audit,
};

/// A code is good for ten minutes: time to find the phone.
pub const CODE_SECONDS: i64 = 600;
/// Bytes of randomness of a code.
pub const CODE_RANDOM: usize = 8;

/// A code that was drawn, to be shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Eight digits.
    pub digits: String,
    /// Until when it is good. Business time.
    pub until: Millis,
}

/// Draws a code instead of an earlier one. `None` when a WeChat account is linked already, or, once in a hundred million
/// times, when somebody else has the same code: then draw again.
pub async fn draw(
    store: &Store,
    staff: &StaffRow,
    random: [u8; CODE_RANDOM],
    now: Now,
) -> Result<Option<Code>, StoreError> {
    let digits = format!("{:08}", u64::from_be_bytes(random) % 100_000_000);
    let drawn = store.draw_staff_link(&staff.name, &digits, now.wire.plus_seconds(CODE_SECONDS)).await?;
    Ok(drawn.then(|| Code { digits, until: now.business.plus_seconds(CODE_SECONDS) }))
}

/// The WeChat account is linked no more. False when none was.
pub async fn unlink(store: &Store, staff: &StaffRow, now: Now) -> Result<bool, StoreError> {
    let audit = Audit {
        actor: Who::Staff(staff).actor(),
        act: "unlink_wechat".to_owned(),
        subject: staff.name.clone(),
        detail: String::new(),
    };
    store.unlink_staff(&staff.name, &audit, now.business).await
}
