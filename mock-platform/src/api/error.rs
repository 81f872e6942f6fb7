//! Errcodes and their words (protocol §5–§13).
//!
//! One table; a call names the code, the words follow. Codes whose words carry a detail (47003, 45008, …) are made
//! by [`ApiError::with`].

use serde_json::{Value, json};

use super::{with_rid, words};

/// An answer with an errcode other than 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) code: i64,
    message: String,
}

impl ApiError {
    /// The code with its usual words.
    pub(crate) fn of(code: i64) -> Self {
        Self { code, message: words(code).to_owned() }
    }

    /// The code with words of its own.
    pub(crate) fn with(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// `{"errcode","errmsg"}`
    pub(crate) fn body(&self) -> Value {
        json!({ "errcode": self.code, "errmsg": with_rid(&self.message) })
    }
}

/// What a code means.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn words(code: i64) -> &'static str {
    match code {
        -1 => "system error",
        40001 => "invalid credential, access_token is invalid or not latest",
        40002 => "invalid grant_type",
        40003 => "invalid openid",
        40004 => "invalid media type",
        40005 => "invalid file type",
        40007 => "invalid media_id",
        40008 => "invalid message type",
        40013 => "invalid appid",
        40014 => "invalid access_token",
        40016 => "invalid button size",
        40017 => "invalid button type",
        40018 => "invalid button name size",
        40019 => "invalid button key size",
        40020 => "invalid button url size",
        40022 => "invalid sub button level",
        40023 => "invalid sub button size",
        40024 => "invalid sub button type",
        40025 => "invalid sub button name size",
        40026 => "invalid sub button key size",
        40027 => "invalid sub button url size",
        40029 => "invalid code",
        40031 => "invalid openid list",
        40032 => "invalid openid list size",
        40033 => "invalid charset. please check your request, if include \\uxxxx will create fail!",
        40035 => "invalid parameter",
        40036 => "invalid template_id size",
        40037 => "invalid template_id",
        40059 => "invalid msg id",
        40066 => "invalid url",
        40102 => "invalid industry id",
        40114 => "invalid index value",
        40125 => "invalid appsecret",
        40130 => "invalid openid list size, at least two openid",
        40132 => "invalid username",
        40163 => "code been used",
        40246 => "invalid keyword name list",
        41030 => "invalid page",
        41001 => "access_token missing",
        41002 => "appid missing",
        41004 => "appsecret missing",
        41005 => "media data missing",
        42001 => "access_token expired",
        42003 => "code expired",
        43001 => "require GET method",
        43002 => "require POST method",
        43004 => "require subscribe",
        43019 => "require remove blacklist",
        43100 => "change template too frequently",
        44001 => "empty media data",
        44002 => "empty post data",
        44004 => "empty content",
        45001 => "media size out of limit",
        45002 => "content size out of limit",
        45003 => "title size out of limit",
        45004 => "description size out of limit",
        45005 => "url size out of limit",
        45008 => "article size out of limit",
        45009 => "reach max api daily quota limit",
        45015 => "response out of time limit or subscription is canceled",
        45026 => "template or material num exceeds limit",
        45028 => "has no masssend quota",
        45047 => "out of response count limit",
        45056 => "create too many tag",
        45057 => "tag has too many fans, cannot be deleted",
        45058 => "can not modify sys tag",
        45059 => "user has too many tags",
        45065 => "clientmsgid exist",
        45067 => "clientmsgid size out of limit",
        45072 => "invalid command",
        45080 => "no interaction in the last 30 seconds",
        45081 => "already typing",
        45083 => "speed out of range",
        45084 => "no speed",
        45110 => "author size out of limit",
        45157 => "invalid tag name",
        45158 => "tag name too long",
        45159 => "invalid tag id",
        45166 => "invalid content",
        46003 => "menu no exist",
        46004 => "user no exist",
        47001 => "data format error",
        43101 | 48002 => "user refuse to accept the msg",
        48006 => "forbid to clear quota because of reaching the limit",
        49003 => "not match openid with appid",
        200_012 => "personal template num exceeds limit",
        200_014 => "invalid tid",
        200_016 => "invalid start",
        200_017 => "invalid limit",
        200_018 => "category ids missing",
        200_019 => "invalid category ids",
        200_020 => "invalid kidList",
        200_021 => "invalid sceneDesc",
        other => words::of(other),
    }
}
