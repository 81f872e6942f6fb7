//! What the platform's return codes mean for whoever called: one table, easy to change (protocol §5–§13).
//!
//! The platform reports errors in the body with HTTP status 200, so that [`check`] looks at the body of every answer.
//! [`Advice`] is all that callers act on; the number itself is for logs and for staff. A code without a row is given
//! up: repeating what is not understood helps nobody, and staff can send it again.
//! Deliberately elsewhere: when to retry, and what becomes of an outbox row (`worker`).

use std::fmt;

use serde_json::Value;

use self::Advice::{
    Alert, BackOff, GiveUp, MarkUnreachable, RefreshTokenAndRetryOnce, WaitForTheDay, WaitForTheUser,
};

/// What to do after a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Advice {
    /// The token is dead: fetch another and repeat once. The client does this by itself.
    RefreshTokenAndRetryOnce,
    /// Try again, later each time.
    BackOff,
    /// The day's quota is used; it comes back after 0:00.
    WaitForTheDay,
    /// No open window: hold until the person next writes, or use a template.
    WaitForTheUser,
    /// The person does not follow, or refused: nothing reaches them.
    MarkUnreachable,
    /// Repeating the same call fails the same way.
    GiveUp,
    /// The same, and so will every other call until the operator acts.
    Alert,
}

/// One row: code, meaning, advice.
struct Row(i64, &'static str, Advice);

/// By code, ascending.
const CODES: &[Row] = &[
    Row(-1, "system busy", BackOff),
    Row(10003, "redirect domain not registered", Alert),
    Row(40001, "access token or secret invalid", RefreshTokenAndRetryOnce),
    Row(40002, "bad grant_type", GiveUp),
    Row(40003, "bad openid", GiveUp),
    Row(40004, "bad media type", GiveUp),
    Row(40005, "bad file type", GiveUp),
    Row(40006, "bad file size", GiveUp),
    Row(40007, "bad media_id", GiveUp),
    Row(40008, "bad message type", GiveUp),
    Row(40009, "bad picture size", GiveUp),
    Row(40010, "bad voice size", GiveUp),
    Row(40011, "bad video size", GiveUp),
    Row(40012, "bad thumbnail size", GiveUp),
    Row(40013, "bad app id", Alert),
    Row(40014, "access token malformed", RefreshTokenAndRetryOnce),
    Row(40015, "bad menu type", GiveUp),
    Row(40016, "bad number of buttons", GiveUp),
    Row(40017, "bad button type", GiveUp),
    Row(40018, "bad button name length", GiveUp),
    Row(40019, "bad button key length", GiveUp),
    Row(40020, "bad button url length", GiveUp),
    Row(40021, "bad menu version", GiveUp),
    Row(40022, "bad sub-menu level", GiveUp),
    Row(40023, "bad number of sub-buttons", GiveUp),
    Row(40024, "bad sub-button type", GiveUp),
    Row(40025, "bad sub-button name length", GiveUp),
    Row(40026, "bad sub-button key length", GiveUp),
    Row(40027, "bad sub-button url length", GiveUp),
    Row(40028, "bad custom menu user", GiveUp),
    Row(40029, "bad OAuth code", GiveUp),
    Row(40030, "bad refresh token", GiveUp),
    Row(40031, "bad openid list", GiveUp),
    Row(40032, "bad length of openid list", GiveUp),
    Row(40033, "escaped characters in the request", GiveUp),
    Row(40035, "bad parameters", GiveUp),
    Row(40036, "bad template_id length", GiveUp),
    Row(40037, "bad template_id", Alert),
    Row(40038, "bad request format", GiveUp),
    Row(40054, "bad sub-button url", GiveUp),
    Row(40066, "no such call", GiveUp),
    Row(40125, "bad app secret", Alert),
    Row(40130, "fewer than two openids", GiveUp),
    Row(40163, "OAuth code used", GiveUp),
    Row(40164, "our IP address is not in the whitelist", Alert),
    Row(40243, "app secret frozen", Alert),
    Row(41001, "access token missing", GiveUp),
    Row(41002, "app id missing", Alert),
    Row(41004, "app secret missing", Alert),
    Row(41005, "media data missing", GiveUp),
    Row(41006, "media_id missing", GiveUp),
    Row(41030, "bad page", GiveUp),
    Row(42001, "access token expired", RefreshTokenAndRetryOnce),
    Row(42002, "refresh token expired", GiveUp),
    Row(42003, "OAuth code expired", GiveUp),
    Row(43001, "GET needed", GiveUp),
    Row(43002, "POST needed", GiveUp),
    Row(43003, "HTTPS needed", GiveUp),
    Row(43004, "the person does not follow", MarkUnreachable),
    Row(43019, "the person is blacklisted", MarkUnreachable),
    Row(43101, "the person refused", MarkUnreachable),
    Row(44001, "empty media", GiveUp),
    Row(44002, "empty request", GiveUp),
    Row(44004, "empty text", GiveUp),
    Row(45001, "media too large", GiveUp),
    Row(45002, "text too long", GiveUp),
    Row(45003, "title too long", GiveUp),
    Row(45004, "description too long", GiveUp),
    Row(45005, "link too long", GiveUp),
    Row(45006, "picture link too long", GiveUp),
    Row(45007, "voice too long", GiveUp),
    Row(45008, "too many articles", GiveUp),
    Row(45009, "the day's quota is used", WaitForTheDay),
    Row(45011, "too frequent", BackOff),
    Row(45015, "the window for answers is closed", WaitForTheUser),
    Row(45028, "no mass-send quota left", WaitForTheDay),
    Row(45047, "the window's messages are used", WaitForTheUser),
    Row(45056, "too many tags", GiveUp),
    Row(45057, "too many followers in the tag", GiveUp),
    Row(45058, "reserved tag", GiveUp),
    Row(45059, "too many tags for the person", GiveUp),
    Row(45065, "this clientmsgid was sent already", GiveUp),
    Row(45066, "this clientmsgid is being sent", BackOff),
    Row(45067, "clientmsgid too long", GiveUp),
    Row(45072, "bad typing command", GiveUp),
    Row(45080, "no interaction in the last 30 s", GiveUp),
    Row(45081, "already typing", GiveUp),
    Row(45083, "bad mass speed", GiveUp),
    Row(45084, "no mass speed", GiveUp),
    Row(45157, "duplicate tag name", GiveUp),
    Row(45158, "tag name too long", GiveUp),
    Row(45159, "bad tag", GiveUp),
    Row(46001, "no such media", GiveUp),
    Row(46003, "no menu", GiveUp),
    Row(46004, "no such user", MarkUnreachable),
    Row(47001, "malformed JSON", GiveUp),
    Row(47003, "bad template values", GiveUp),
    Row(48001, "the account may not call this", Alert),
    Row(48002, "the person refuses messages", MarkUnreachable),
    Row(48004, "the interface is banned", Alert),
    Row(48006, "no quota resets left", GiveUp),
    Row(49003, "openid of another account", GiveUp),
    Row(50001, "not authorised for this", GiveUp),
    Row(50002, "the account is limited", Alert),
    Row(50005, "the person does not follow", MarkUnreachable),
    Row(61450, "customer-service system error", BackOff),
    Row(61451, "bad customer-service parameter", GiveUp),
    Row(61452, "bad customer-service account", GiveUp),
    Row(61453, "customer-service account exists", GiveUp),
    Row(61454, "customer-service account too long", GiveUp),
    Row(61455, "bad characters in the customer-service account", GiveUp),
    Row(61456, "too many customer-service accounts", GiveUp),
    Row(61457, "bad picture of the customer-service account", GiveUp),
    Row(65301, "no such conditional menu", GiveUp),
    Row(65302, "no such user", GiveUp),
    Row(65303, "no menu for everybody yet", GiveUp),
    Row(65304, "empty match rule", GiveUp),
    Row(65305, "too many conditional menus", GiveUp),
    Row(65306, "conditional menus not supported", GiveUp),
    Row(65307, "empty conditional menu", GiveUp),
    Row(65308, "a button that does nothing", GiveUp),
    Row(65309, "conditional menus are switched off", GiveUp),
    Row(65310, "country needed", GiveUp),
    Row(65311, "province needed", GiveUp),
    Row(65312, "bad country", GiveUp),
    Row(65313, "bad province", GiveUp),
    Row(65314, "bad city", GiveUp),
    Row(65315, "bad conditional menu", GiveUp),
    Row(65316, "too many domains in the menu", GiveUp),
    Row(65317, "bad address in the menu", GiveUp),
    Row(76001, "no such request", GiveUp),
    Row(76002, "malformed request id", GiveUp),
    Row(76003, "somebody else's request", GiveUp),
    Row(76021, "no such call", GiveUp),
    Row(89501, "waiting for the administrator's confirmation", Alert),
    Row(89503, "needs the administrator's confirmation", Alert),
    Row(89506, "our IP address was refused", Alert),
    Row(89507, "our IP address was refused for an hour", Alert),
];

/// `menu no exist`: an account without a menu, which is no failure.
pub(super) const NO_MENU: i64 = 46003;

/// Longest part of `errmsg` that is kept.
const MAX_MESSAGE: usize = 200;

/// The platform refused a call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ApiError {
    /// `errcode`, never 0.
    pub code: i64,
    /// The beginning of `errmsg`, for staff.
    pub message: String,
}

impl ApiError {
    /// What to do about it.
    pub fn advice(&self) -> Advice {
        row(self.code).map_or(GiveUp, |row| row.2)
    }

    /// What the code means, in a few words.
    pub fn meaning(&self) -> &'static str {
        row(self.code).map_or("unknown code", |row| row.1)
    }

    /// The platform's request id, by which its own tools find the call.
    pub fn rid(&self) -> Option<&str> {
        self.message.rsplit_once("rid: ").map(|(_, rid)| rid.trim())
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the platform answered {}, {}", self.code, self.meaning())?;
        match (self.advice(), self.rid()) {
            // What the operator has to act on, such as the address to put on the whitelist, is only in the message.
            (Alert, _) => write!(f, ": {}", self.message),
            (_, Some(rid)) => write!(f, " (rid {rid})"),
            (_, None) => Ok(()),
        }
    }
}

/// Whether an answer says plainly whether there is an error: its `errcode`, if it has one, is a number or the text of one.
/// What is not so comes from somebody else, such as a gateway, and tells nothing of what the platform did.
pub fn is_readable(answer: &Value) -> bool {
    match answer.get("errcode") {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().parse::<i64>().is_ok(),
        Some(number) => number.is_i64(),
    }
}

/// Passes an answer on, or the error that its body reports. No `errcode` is success; it may be a number or a text.
pub fn check(answer: Value) -> Result<Value, ApiError> {
    let code = match answer.get("errcode") {
        None | Some(Value::Null) => 0,
        Some(Value::String(text)) => text.trim().parse().unwrap_or(-1),
        Some(number) => number.as_i64().unwrap_or(-1),
    };
    if code == 0 {
        return Ok(answer);
    }
    let message = answer.get("errmsg").and_then(Value::as_str).unwrap_or_default();
    Err(ApiError { code, message: message[..message.floor_char_boundary(MAX_MESSAGE)].to_owned() })
}

fn row(code: i64) -> Option<&'static Row> {
    CODES.binary_search_by_key(&code, |row| row.0).ok().map(|at| &CODES[at])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(CODES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn codes_have_the_documented_advice() {
        let rows: &[(Advice, &[i64])] = &[
            (RefreshTokenAndRetryOnce, &[40001, 40014, 42001]),
            (BackOff, &[-1, 45011, 61450]),
            (WaitForTheDay, &[45009]),
            (WaitForTheUser, &[45015, 45047]),
            (MarkUnreachable, &[43004, 46004, 50005, 43101, 48002, 43019]),
            (Alert, &[40164, 48004, 50002, 40013, 40125, 41002, 41004]),
            (GiveUp, &[40003, 40007, 40033, 41001, 45002, 47001, 48006, 99999]),
        ];
        for (advice, codes) in rows {
            for &code in *codes {
                assert_eq!(ApiError { code, message: String::new() }.advice(), *advice, "{code}");
            }
        }
    }

    /// Every code that protocol §5–§13 names, range by range.
    #[test]
    fn every_named_code_has_a_row() {
        let named: &[std::ops::RangeInclusive<i64>] = &[
            -1..=-1,
            10003..=10003,
            40001..=40033,
            40035..=40038,
            40054..=40054,
            40125..=40125,
            40130..=40130,
            40163..=40164,
            40243..=40243,
            41001..=41002,
            41004..=41006,
            41030..=41030,
            42001..=42003,
            43001..=43004,
            43019..=43019,
            43101..=43101,
            44001..=44002,
            44004..=44004,
            45001..=45009,
            45011..=45011,
            45015..=45015,
            45028..=45028,
            45047..=45047,
            45056..=45059,
            45065..=45067,
            45072..=45072,
            45080..=45081,
            45083..=45084,
            45157..=45159,
            46001..=46001,
            46003..=46004,
            47001..=47001,
            47003..=47003,
            48001..=48002,
            48004..=48004,
            48006..=48006,
            49003..=49003,
            50001..=50002,
            50005..=50005,
            61450..=61457,
            65301..=65317,
            89501..=89501,
            89503..=89503,
            89506..=89507,
        ];
        for code in named.iter().cloned().flatten() {
            assert!(row(code).is_some(), "{code} has no row");
        }
    }

    #[test]
    fn an_errcode_is_a_number_or_is_not_the_platforms() {
        for answer in
            [json!({}), json!({"errcode": 0}), json!({"errcode": "45015"}), json!({"errcode": null})]
        {
            assert!(is_readable(&answer), "{answer}");
        }
        for answer in [json!({"errcode": "?"}), json!({"errcode": 1.5}), json!({"errcode": {}})] {
            assert!(!is_readable(&answer), "{answer}");
        }
    }

    #[test]
    fn the_body_decides() {
        let rows = [
            (json!({"errcode": 0, "errmsg": "ok"}), None),
            (json!({"errcode": "0"}), None),
            (json!({"ticket": "t"}), None),
            (json!([]), None),
            (json!({"errcode": 45015, "errmsg": "x"}), Some(45015)),
            (json!({"errcode": "45015"}), Some(45015)),
            (json!({"errcode": "?"}), Some(-1)),
            (json!({"errcode": 1.5}), Some(-1)),
        ];
        for (answer, expected) in rows {
            assert_eq!(check(answer.clone()).err().map(|error| error.code), expected, "{answer}");
        }
    }

    #[test]
    fn logs_name_the_code_and_the_request() {
        let refused = |code, message: &str| check(json!({"errcode": code, "errmsg": message})).unwrap_err();
        let plain = refused(45015, "response out of time limit rid: 61725984-6126f6f9-040f19c4");
        assert_eq!(plain.rid(), Some("61725984-6126f6f9-040f19c4"));
        assert_eq!(
            plain.to_string(),
            "the platform answered 45015, the window for answers is closed (rid 61725984-6126f6f9-040f19c4)"
        );
        let alert = refused(40164, "invalid ip 1.2.3.4, not in whitelist");
        assert!(alert.to_string().ends_with(": invalid ip 1.2.3.4, not in whitelist"), "{alert}");
        assert_eq!(refused(1, &"长".repeat(100)).message.len(), 198);
    }
}
