//! XML as the platform writes and reads it: one level of elements, now and then two or three.
//!
//! Writing uses CDATA for text and bare digits for numbers, as the platform does; `]]>` inside is split. Reading
//! builds a small tree, refuses a DTD, knows the five entities and character references only, and bounds depth.

use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::events::Event;

/// Deepest nesting that any reply of protocol §4 needs is 4 (`xml`, `Articles`, `item`, `Title`).
const MAX_DEPTH: usize = 6;

/// Why a body is no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the platform's XML: {0}")]
pub(crate) struct XmlError(pub(crate) String);

/// An element: its name, its text, its children.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of that name.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }
}

/// Reads one document.
pub(crate) fn read(source: &str) -> Result<Element, XmlError> {
    let mut reader = Reader::from_str(source);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        match reader.read_event().map_err(|error| XmlError(error.to_string()))? {
            Event::Eof => break,
            Event::DocType(_) => return Err(XmlError("a DTD".to_owned())),
            Event::Start(_) if open.len() >= MAX_DEPTH => {
                return Err(XmlError("nested too deeply".to_owned()));
            }
            Event::Start(start) => open.push(named(start.name().as_ref())),
            Event::Empty(start) => close(named(start.name().as_ref()), &mut open, &mut root)?,
            Event::End(_) => {
                let element = open.pop().ok_or_else(|| XmlError("an end without a start".to_owned()))?;
                close(element, &mut open, &mut root)?;
            }
            Event::Text(text) => append(&mut open, &text.xml10_content()),
            Event::CData(text) => append(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let escaped = format!("&{};", reference.into_inner());
                let text =
                    quick_xml::escape::unescape(&escaped).map_err(|error| XmlError(error.to_string()))?;
                append(&mut open, &text);
            }
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
        }
    }
    match root {
        Some(root) if open.is_empty() => Ok(root),
        _ => Err(XmlError("no complete element".to_owned())),
    }
}

fn named(name: &str) -> Element {
    Element { name: name.to_owned(), ..Element::default() }
}

fn close(mut element: Element, open: &mut [Element], root: &mut Option<Element>) -> Result<(), XmlError> {
    if !element.children.is_empty() {
        element.text.clear();
    }
    if let Some(parent) = open.last_mut() {
        parent.children.push(element);
        return Ok(());
    }
    if root.replace(element).is_some() {
        return Err(XmlError("two roots".to_owned()));
    }
    Ok(())
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// Writes elements one after the other.
#[derive(Debug, Default, Clone)]
pub(crate) struct Writer(String);

impl Writer {
    /// `<name><![CDATA[text]]></name>`
    pub(crate) fn text(mut self, name: &str, text: &str) -> Self {
        let clean: String = text.chars().filter(|c| is_legal(*c)).collect();
        let split = clean.replace("]]>", "]]]]><![CDATA[>");
        write!(self.0, "<{name}><![CDATA[{split}]]></{name}>").expect("a string takes writes");
        self
    }

    /// `<name>digits</name>`
    pub(crate) fn number(mut self, name: &str, number: impl std::fmt::Display) -> Self {
        write!(self.0, "<{name}>{number}</{name}>").expect("a string takes writes");
        self
    }

    /// `<name>…</name>` around what another writer has.
    pub(crate) fn nest(mut self, name: &str, inner: Self) -> Self {
        let inner = inner.0;
        write!(self.0, "<{name}>{inner}</{name}>").expect("a string takes writes");
        self
    }

    /// What another writer has, after this one's.
    pub(crate) fn then(mut self, after: &Self) -> Self {
        self.0.push_str(&after.0);
        self
    }

    /// What has been written, without a root.
    pub(crate) fn finish(self) -> String {
        self.0
    }
}

/// XML 1.0 allows no control characters but tab and the line ends (protocol §14.7).
fn is_legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let inner = Writer::default().text("Title", "a]]>b & <c>").number("N", 7);
        let source = Writer::default().nest("xml", inner).finish();
        let root = read(&source).unwrap();
        assert_eq!(root.text_of("Title"), Some("a]]>b & <c>"));
        assert_eq!(root.text_of("N"), Some("7"));
    }

    #[test]
    fn refuses_what_is_no_message() {
        for source in [
            "",
            "success",
            "{\"a\":1}",
            "<xml>",
            "<xml></x>",
            "<a/><b/>",
            "<xml>&evil;</xml>",
            "<!DOCTYPE x [<!ENTITY e \"f\">]><xml>&e;</xml>",
            "<a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a>",
        ] {
            assert!(read(source).is_err(), "{source} was taken for a message");
        }
    }

    #[test]
    fn reads_entities_and_references() {
        assert_eq!(read("<xml>&lt;&#20320;&amp;</xml>").unwrap().text, "<你&");
    }
}
