//! Where the platform is strict, and how much the account may: switches that a test can turn while the mock runs.

use serde::{Deserialize, Deserializer, Serialize};

use crate::options::{Account, Options};

/// The switches as they stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "switches, each turned without the others")]
pub struct Strict {
    /// `\uXXXX` for text that UTF-8 could carry is 40033 in every JSON body, not only in menus.
    pub escapes: bool,
    /// The only addresses that may draw tokens; others get 40164. `None` lets all.
    pub whitelist: Option<Vec<String>>,
    /// No quotas by the day or the minute.
    pub unlimited: bool,
    /// No quotas by the day; those by the minute stay.
    pub unlimited_daily: bool,
    /// The secret is frozen: token calls get 40243, tokens in use have ended.
    pub secret_frozen: bool,
    /// What token calls get while the administrator has to confirm: 89501, 89503, 89506 or 89507.
    pub confirmation: Option<i64>,
    /// What kind of account it is.
    pub account: Account,
}

impl Strict {
    /// As the options say.
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            escapes: options.strict_escapes,
            whitelist: options.whitelist.clone(),
            unlimited: options.unlimited,
            unlimited_daily: options.unlimited_daily,
            secret_frozen: false,
            confirmation: None,
            account: options.account,
        }
    }

    /// Do quotas by the day count for nothing?
    pub(crate) fn lifts_days(&self) -> bool {
        self.unlimited || self.unlimited_daily
    }

    /// Turns the switches that are named.
    pub(crate) fn change(&mut self, change: StrictChange) {
        self.escapes = change.escapes.unwrap_or(self.escapes);
        self.unlimited = change.unlimited.unwrap_or(self.unlimited);
        self.unlimited_daily = change.unlimited_daily.unwrap_or(self.unlimited_daily);
        self.secret_frozen = change.secret_frozen.unwrap_or(self.secret_frozen);
        self.account = change.account.unwrap_or(self.account);
        if let Some(whitelist) = change.whitelist {
            self.whitelist = whitelist;
        }
        if let Some(confirmation) = change.confirmation {
            self.confirmation = confirmation;
        }
    }
}

/// Some of the switches; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StrictChange {
    /// See [`Strict::escapes`].
    pub escapes: Option<bool>,
    /// See [`Strict::whitelist`]; JSON `null` lets all.
    #[serde(deserialize_with = "given")]
    pub whitelist: Option<Option<Vec<String>>>,
    /// See [`Strict::unlimited`].
    pub unlimited: Option<bool>,
    /// See [`Strict::unlimited_daily`].
    pub unlimited_daily: Option<bool>,
    /// See [`Strict::secret_frozen`].
    pub secret_frozen: Option<bool>,
    /// See [`Strict::confirmation`]; JSON `null` ends it.
    #[serde(deserialize_with = "given")]
    pub confirmation: Option<Option<i64>>,
    /// See [`Strict::account`].
    pub account: Option<Account>,
}

/// A `null` that was given is not the same as nothing given.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_told_from_nothing() {
        let mut strict =
            Strict::new(&Options { whitelist: Some(vec!["1.2.3.4".into()]), ..Options::default() });
        strict.change(serde_json::from_str(r#"{"account":"test"}"#).unwrap());
        assert_eq!((strict.account, strict.whitelist.is_some()), (Account::Test, true));
        strict.change(serde_json::from_str(r#"{"whitelist":null,"confirmation":89503}"#).unwrap());
        assert_eq!((strict.whitelist.clone(), strict.confirmation), (None, Some(89503)));
        assert!(serde_json::from_str::<StrictChange>(r#"{"whitlist":null}"#).is_err());
    }
}
