//! The small HTML pages that the platform itself shows: articles, and what a web authorisation asks.

/// Letters and margins that suit a phone.
const STYLE: &str = "body{font:17px/1.65 sans-serif;max-width:38em;margin:0 auto;padding:1em;overflow-wrap:anywhere}\
    h1{font-size:1.35em;line-height:1.4}img{max-width:100%}";

/// A page; `body` is HTML, the title is text.
pub(crate) fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style>{body}</html>"
    )
}

/// Text as HTML.
pub(crate) fn escape(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
