use super::*;
use crate::wechat::signature;
use crate::wechat::vectors::{self, Row};

const NOW: i64 = 1_763_800_000;
const XML: &str = "<xml><ToUserName>gh</ToUserName><FromUserName>oU1</FromUserName><CreateTime>1763800000</CreateTime>\
                   <MsgType>text</MsgType><Content>好</Content><MsgId>1</MsgId></xml>";
const KEY: &str = "wViKp8Mi2B8ePtUKKePSqykLhJMjcotO+bLpWm4+VGU";
const OLD_KEY: &str = "RJe/zrF21w3ORNrXD85OKKjIxDBZ9rUZ0imCAsyc/vM";

fn keys(key: Option<&str>, previous: Option<&str>) -> Keys {
    Keys::new("botToken01", "wx1", key, previous).unwrap()
}

fn plain_query(at: i64) -> Query {
    let timestamp = at.to_string();
    let signature = signature::as_text(&signature::sign(["botToken01", &timestamp, "99"])).to_owned();
    Query { signature, timestamp, nonce: "99".into(), ..Query::default() }
}

/// The address and envelope of a message sealed with `key`, with `beside` as further elements of the envelope.
fn sealed(key: &str, xml: &str, beside: &str) -> (Query, String) {
    let keys = keys(Some(key), None);
    let encrypt = keys.seal(KeyIndex::Current, *b"0123456789abcdef", xml).unwrap();
    let mut query = plain_query(NOW);
    query.msg_signature =
        signature::as_text(&keys.sign_sealed(&query.timestamp, &query.nonce, &encrypt)).to_owned();
    query.encrypt_type = "aes".into();
    (query, format!("<xml>{beside}<Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"))
}

#[test]
fn a_plain_callback_comes_with_what_its_signature_covers() {
    let received = receive(&keys(None, None), &plain_query(NOW), XML.as_bytes(), NOW).unwrap();
    assert_eq!((received.inbound.open_id.as_str(), received.sealed_with), ("oU1", None));
    let signed = received.signed.unwrap();
    assert_eq!(signed.timestamp, 1_763_800_000);
    let other = XML.replace('好', "坏");
    let other = receive(&keys(None, None), &plain_query(NOW), other.as_bytes(), NOW).unwrap().signed.unwrap();
    assert_eq!(other.nonce, signed.nonce);
    assert_eq!(other.timestamp, signed.timestamp);
    assert_ne!(other.body, signed.body, "another body must be told apart");
    let raw = Query { encrypt_type: "raw".into(), ..plain_query(NOW) };
    assert!(receive(&keys(None, None), &raw, XML.as_bytes(), NOW).is_ok());
}

#[test]
fn a_sealed_callback_opens_with_either_key() {
    let (query, body) = sealed(KEY, XML, "<ToUserName>gh</ToUserName>");
    let received = receive(&keys(Some(KEY), Some(OLD_KEY)), &query, body.as_bytes(), NOW).unwrap();
    assert_eq!((received.sealed_with, received.signed), (Some(KeyIndex::Current), None));
    let (query, body) = sealed(OLD_KEY, XML, "");
    let received = receive(&keys(Some(KEY), Some(OLD_KEY)), &query, body.as_bytes(), NOW).unwrap();
    assert_eq!(received.sealed_with, Some(KeyIndex::Previous));
    let refused = receive(&keys(Some(KEY), None), &query, body.as_bytes(), NOW).unwrap_err();
    assert!(matches!(refused, CallbackError::Crypto(_)) && refused.status() == 400, "{refused}");
}

#[test]
fn compatible_mode_reads_only_what_is_sealed() {
    let lies = XML.replace("oU1", "oEve").replace('好', "坏").replace("<xml>", "").replace("</xml>", "");
    let (query, body) = sealed(KEY, XML, &lies);
    let received = receive(&keys(Some(KEY), None), &query, body.as_bytes(), NOW).unwrap();
    assert_eq!(received.inbound, message::parse(XML).unwrap());
}

#[test]
fn whoever_is_not_the_platform_is_refused() {
    let plain = keys(None, None);
    let secure = keys(Some(KEY), None);
    let (sealed_query, body) = sealed(KEY, XML, "");
    let foreign = Query { signature: "0".repeat(40), ..plain_query(NOW) };
    let swapped = Query { msg_signature: sealed_query.signature.clone(), ..sealed_query.clone() };
    let other_openid = Query { openid: "oEve".into(), ..plain_query(NOW) };
    let other_openid_sealed = Query { openid: "oEve".into(), ..sealed_query.clone() };
    let no_date = Query { timestamp: "+1".into(), ..plain_query(NOW) };
    let odd = Query { encrypt_type: "rsa".into(), ..plain_query(NOW) };
    let large = vec![b' '; MAX_BODY + 1];
    let rows: [(&Keys, &Query, &[u8], CallbackError, u16); 12] = [
        (&plain, &foreign, XML.as_bytes(), CallbackError::Signature, 403),
        (&plain, &Query::default(), XML.as_bytes(), CallbackError::Signature, 403),
        (&plain, &no_date, XML.as_bytes(), CallbackError::Signature, 403),
        (&plain, &other_openid, XML.as_bytes(), CallbackError::OpenId, 403),
        (&plain, &odd, XML.as_bytes(), CallbackError::EncryptType, 400),
        (&plain, &plain_query(NOW), b"\xff", CallbackError::NotUtf8, 400),
        (&plain, &plain_query(NOW), &large, CallbackError::TooLarge, 400),
        (&plain, &plain_query(NOW), b"{}", CallbackError::Parse(ParseError::Xml(XmlError::Malformed)), 400),
        (&plain, &sealed_query, body.as_bytes(), CallbackError::NoKey, 403),
        (&secure, &plain_query(NOW), XML.as_bytes(), CallbackError::PlaintextRefused, 403),
        (&secure, &swapped, body.as_bytes(), CallbackError::Crypto(CryptoError::Signature), 403),
        (&secure, &other_openid_sealed, body.as_bytes(), CallbackError::OpenId, 403),
    ];
    for (keys, query, body, expected, status) in rows {
        let refused = receive(keys, query, body, NOW).unwrap_err();
        assert_eq!((refused, refused.status()), (expected, status), "{refused}");
    }
}

#[test]
fn old_and_future_dates_are_refused_in_every_mode() {
    let (query, body) = sealed(KEY, XML, "");
    for (away, fresh) in [(-301, false), (-300, true), (0, true), (300, true), (301, false)] {
        let now = NOW + away;
        let outcomes = [
            receive(&keys(None, None), &plain_query(NOW), XML.as_bytes(), now).map(|_| ()),
            receive(&keys(Some(KEY), None), &query, body.as_bytes(), now).map(|_| ()),
            verify(&keys(Some(KEY), None), &plain_query(NOW), now).map(|_| ()),
        ];
        for outcome in outcomes {
            assert_eq!(outcome, if fresh { Ok(()) } else { Err(CallbackError::Stale(away)) }, "{away}");
        }
    }
}

#[test]
fn a_date_that_is_none_is_refused_though_signed() {
    for timestamp in ["", "+1763800000", "1763800000.0", "99999999999999999999"] {
        let signature = signature::as_text(&signature::sign(["botToken01", timestamp, "99"])).to_owned();
        let query = Query { signature, timestamp: timestamp.into(), nonce: "99".into(), ..Query::default() };
        assert_eq!(verify(&keys(None, None), &query, NOW), Err(CallbackError::Timestamp), "{timestamp}");
    }
}

#[test]
fn malformed_envelopes_get_the_vendor_code_for_xml() {
    for row in vectors::rows("envelope_negative") {
        let refused =
            receive(&keys(Some(KEY), None), &sealed(KEY, XML, "").0, row.text("body").as_bytes(), NOW);
        let refused = refused.unwrap_err();
        assert_eq!(row.text("expected_error"), "bad_xml_envelope");
        assert!(
            matches!(refused, CallbackError::Envelope(_)) && refused.status() == 400,
            "{}: {refused}",
            row.id()
        );
    }
    let twice = "<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>";
    let refused =
        receive(&keys(Some(KEY), None), &sealed(KEY, XML, "").0, twice.as_bytes(), NOW).unwrap_err();
    assert_eq!(refused, CallbackError::Envelope(XmlError::Malformed));
}

#[test]
fn the_address_check_returns_the_echo_verbatim() {
    for row in vectors::rows("signature") {
        let keys = Keys::new(row.text("token"), "wx1", Some(KEY), None).unwrap();
        let query = Query {
            signature: row.text("signature").into(),
            timestamp: row.text("timestamp").into(),
            nonce: row.text("nonce").into(),
            echostr: echo(&row),
            ..Query::default()
        };
        let now = query.timestamp.parse().unwrap();
        let expected =
            if row.flag("valid") { Ok(query.echostr.as_str()) } else { Err(CallbackError::Signature) };
        assert_eq!(verify(&keys, &query, now), expected, "{}", row.id());
    }
}

fn echo(row: &Row) -> String {
    row.optional_text("echostr").unwrap_or_default().to_owned()
}

#[test]
fn refusals_do_not_show_contents() {
    let body = XML.replace(
        "<MsgType>text</MsgType>",
        "<MsgType>text</MsgType><CreateTime>身份证440103199003070037</CreateTime>",
    );
    let refused = receive(&keys(None, None), &plain_query(NOW), body.as_bytes(), NOW).unwrap_err();
    assert_eq!(refused.to_string(), "the callback's message is malformed: the message has CreateTime twice");
}
