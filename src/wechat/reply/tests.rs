use proptest::prelude::*;

use super::*;
use crate::wechat::vectors;

fn render(reply: &Reply) -> String {
    reply.render("gh", "o", 7)
}

const HEAD: &str = "<xml><ToUserName><![CDATA[o]]></ToUserName><FromUserName><![CDATA[gh]]></FromUserName>\
                    <CreateTime>7</CreateTime>";

#[test]
fn each_reply_has_the_documented_elements() {
    let article =
        Article { title: "t".into(), description: "d".into(), picture_url: String::new(), url: "u".into() };
    let rows = [
        (
            Reply::Text("你好\n<a href=\"x\">y</a>".into()),
            "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好\n<a href=\"x\">y</a>]]></Content>",
        ),
        (
            Reply::Image { media_id: "m".into() },
            "<MsgType><![CDATA[image]]></MsgType><Image><MediaId><![CDATA[m]]></MediaId></Image>",
        ),
        (
            Reply::News(article),
            "<MsgType><![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount><Articles><item><Title><![CDATA[t]]></Title><Description><![CDATA[d]]></Description><PicUrl><![CDATA[]]></PicUrl><Url><![CDATA[u]]></Url></item></Articles>",
        ),
        (Reply::TransferCustomerService, "<MsgType><![CDATA[transfer_customer_service]]></MsgType>"),
        (
            Reply::Text("a]]>b\u{0}\u{b}]]\u{1}>\u{ffff}".into()),
            "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[a]]]]><![CDATA[>b]]]]><![CDATA[>]]></Content>",
        ),
    ];
    for (reply, expected) in rows {
        assert_eq!(render(&reply), format!("{HEAD}{expected}</xml>"), "{reply:?}");
    }
    for nothing in [Reply::Nothing, Reply::Text(String::new()), Reply::Text(" \n\u{1}".into())] {
        assert_eq!(render(&nothing), NOTHING, "{nothing:?}");
    }
}

#[test]
fn a_text_that_would_vanish_is_cut_at_a_cluster() {
    let family = "👩‍👩‍👧‍👦";
    let xml = render(&Reply::Text(family.repeat(100)));
    let content = xml.split("<Content><![CDATA[").nth(1).unwrap().split("]]>").next().unwrap();
    assert!(content.len() <= MAX_TEXT && content.len() > MAX_TEXT - family.len());
    assert_eq!(content.len() % family.len(), 0);
}

#[test]
fn a_reply_is_sealed_with_the_key_that_opened() {
    let rows = vectors::rows("crypto");
    let row = rows.iter().find(|row| row.id() == "reply-text").unwrap();
    let inner = Reply::Text("收到：你好 🌤".into()).render(
        "gh_a1b2c3d4e5f6",
        "oBotUser-0001_abcdefghijklmn",
        1_763_800_006,
    );
    assert_eq!(inner, row.text("plaintext"));
    let key = Some(row.text("encoding_aes_key"));
    let keys = Keys::new(row.text("token"), row.text("appid"), key, None).unwrap();
    let random: [u8; 16] = row.text("random16").as_bytes().try_into().unwrap();
    let seal = |key, inner| seal(&keys, key, inner, 1_763_800_006, row.text("nonce"), || random);
    let expected = format!(
        "<xml><Encrypt><![CDATA[{}]]></Encrypt><MsgSignature><![CDATA[{}]]></MsgSignature>\
         <TimeStamp>1763800006</TimeStamp><Nonce><![CDATA[{}]]></Nonce></xml>",
        row.text("encrypt"),
        row.text("msg_signature"),
        row.text("nonce"),
    );
    assert_eq!(seal(Some(KeyIndex::Current), &inner), expected);
    assert_eq!(seal(None, &inner), inner);
    assert_eq!(seal(Some(KeyIndex::Current), NOTHING), NOTHING);
    assert_eq!(seal(Some(KeyIndex::Current), ""), "");
}

#[test]
fn texts_are_split_where_a_reader_would() {
    let link = "<a href=\"https://example.test/long\">点这里</a>";
    let rows: &[(&str, usize, &[&str])] = &[
        ("", 10, &[]),
        ("abc", 3, &["abc"]),
        ("abcd", 4, &["abcd"]),
        ("你好吗", 6, &["你好", "吗"]),
        ("你好吗", 8, &["你好", "吗"]),
        ("一二\n三四五", 12, &["一二\n", "三四五"]),
        ("一\n二三四五六", 12, &["一\n二三", "四五六"]),
        ("ab\n\n\n\n\n\n\n\nc", 4, &["ab\n\n", "\n\nc"]),
        ("a🇨🇳🇨🇳", 10, &["a🇨🇳", "🇨🇳"]),
        ("ne\u{301}e\u{301}", 5, &["ne\u{301}", "e\u{301}"]),
        ("\r\n\r\na", 4, &["a"]),
    ];
    for (text, bound, expected) in rows {
        assert_eq!(&split_text(text, *bound), expected, "{text:?} at {bound}");
    }
    let text = format!("一二三四五六七八九十{link}");
    assert_eq!(split_text(&text, 60), ["一二三四五六七八九十", link]);
    assert_eq!(split_text(&format!("e{}", "\u{301}".repeat(9)), 6).concat().len(), 19);
}

proptest! {
    #[test]
    fn pieces_keep_content_and_bound(text in "(?s).{0,200}", bound in 4..64usize) {
        let pieces = split_text(&text, bound);
        prop_assert!(pieces.iter().all(|piece| piece.len() <= bound && !piece.trim().is_empty()));
        let visible = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        prop_assert_eq!(visible(&pieces.concat()), visible(&text));
    }

    #[test]
    fn pieces_without_blank_runs_join_to_the_text(text in "[a你👍]{1,200}(\n[a你👍]{1,90}){0,9}", bound in 16..64usize) {
        prop_assert_eq!(split_text(&text, bound).concat(), text);
    }

    #[test]
    fn any_text_renders_to_one_readable_document(text in any::<String>()) {
        let xml = render(&Reply::Text(text));
        prop_assert!(xml == NOTHING || crate::wechat::message::parse(&xml).is_ok());
    }
}
