//! What the offices' functions refuse, as problems. Their words are the offices' own, the same as on the console.

use super::problem::{Kind, Problem};
use crate::{
    office::{LookError, ReviewError, deliveries::RetryError, inquiries::InquiryError, refused},
    runner::RunError,
    store::StoreError,
};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::failed(&error, error.is_transient())
    }
}

impl From<RunError> for Problem {
    fn from(error: RunError) -> Self {
        Self::failed(&error, error.is_transient())
    }
}

impl From<LookError> for Problem {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Role => Self::of(Kind::Forbidden),
            LookError::Store(error) => error.into(),
        }
    }
}

impl Problem {
    /// Why a decision or a record was refused; `words` are the office's, `None` when it failed instead.
    pub(super) fn of_review(error: ReviewError, words: Option<String>) -> Self {
        match (error, words) {
            (ReviewError::Run(error), _) => error.into(),
            (ReviewError::Store(error), _) => error.into(),
            (ReviewError::NoCase | ReviewError::OtherCity, _) => Self::of(Kind::NotFound),
            (ReviewError::NoReviewer, _) => Self::of(Kind::Forbidden),
            (ReviewError::Refused("opinion_missing" | "opinion_too_long"), Some(words)) => {
                Self::rule("/opinion", words)
            }
            (ReviewError::Refused("wrong_part"), Some(words)) => Self::rule("/part", words),
            (ReviewError::Refused("wrong_reason"), Some(words)) => Self::rule("/reasons", words),
            (_, words) => Self::new(Kind::Conflict, words.unwrap_or_default()),
        }
    }
}

impl From<InquiryError> for Problem {
    fn from(error: InquiryError) -> Self {
        let words = refused::inquiry(&error).unwrap_or_default();
        match error {
            InquiryError::Role => Self::of(Kind::Forbidden),
            InquiryError::Unknown => Self::of(Kind::NotFound),
            InquiryError::Empty | InquiryError::TooLong(_) => Self::rule("/text", words),
            InquiryError::Ended => Self::new(Kind::Conflict, words),
            InquiryError::Run(error) => error.into(),
            InquiryError::Store(error) => error.into(),
        }
    }
}

impl From<RetryError> for Problem {
    fn from(error: RetryError) -> Self {
        let words = refused::retry(&error).unwrap_or_default();
        match error {
            RetryError::Role => Self::of(Kind::Forbidden),
            RetryError::Unknown => Self::of(Kind::NotFound),
            RetryError::Needless(_) | RetryError::Unbound => Self::new(Kind::Conflict, words),
            RetryError::Store(error) => error.into(),
        }
    }
}
