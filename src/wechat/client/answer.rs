//! Reading answers. What is not as documented is [`ClientError::Unreadable`], never a panic and never a guess.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ClientError;

/// A text field that has to be there.
pub(super) fn text(answer: &Value, field: &str) -> Result<String, ClientError> {
    answer.get(field).and_then(Value::as_str).map(str::to_owned).ok_or(ClientError::Unreadable)
}

/// A whole number, which the platform sends as a number or as its digits.
pub(super) fn number(answer: &Value, field: &str) -> Result<i64, ClientError> {
    let found = match answer.get(field) {
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(digits)) => digits.trim().parse().ok(),
        _ => None,
    };
    found.ok_or(ClientError::Unreadable)
}

/// An id of up to 64 bits as text, whichever of the two the platform has sent.
pub(super) fn id(answer: &Value, field: &str) -> Result<String, ClientError> {
    match answer.get(field) {
        Some(Value::String(id)) if !id.is_empty() => Ok(id.clone()),
        Some(Value::Number(id)) if id.is_u64() || id.is_i64() => Ok(id.to_string()),
        _ => Err(ClientError::Unreadable),
    }
}

/// A field in its documented form.
pub(super) fn typed<T: DeserializeOwned>(answer: &Value, field: &str) -> Result<T, ClientError> {
    T::deserialize(answer.get(field).ok_or(ClientError::Unreadable)?).map_err(|_| ClientError::Unreadable)
}

/// The whole answer in its documented form.
pub(super) fn whole<T: DeserializeOwned>(answer: &Value) -> Result<T, ClientError> {
    T::deserialize(answer).map_err(|_| ClientError::Unreadable)
}
