//! A reader for hostile XML: bounded, flat, without a document type.
//!
//! The platform's documents are small trees of named texts. [`leaves`] hands out each text with the path to it and
//! keeps nothing, so that no shape of input costs more than one pass. It refuses what these documents never have:
//! a DOCTYPE (and with it every way to define an entity), entities other than the five, deep nesting, several roots.
//! Attributes, comments and processing instructions are skipped.

use std::borrow::Cow;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

/// The largest document that is read (issue: 64 KiB).
pub(super) const MAX_BYTES: usize = 64 * 1024;
/// The deepest the platform goes is five (`PicMd5Sum`); beyond this nobody means well.
const MAX_DEPTH: usize = 8;

/// Why a document is not one of the platform's. Carries nothing of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Larger than 64 KiB.
    #[error("the XML is larger than 64 KiB")]
    TooLarge,
    /// Elements nested deeper than eight.
    #[error("the XML is nested too deeply")]
    TooDeep,
    /// A document type declaration.
    #[error("the XML has a DOCTYPE")]
    Doctype,
    /// A reference to something other than a character or one of the five entities.
    #[error("the XML refers to an unknown entity")]
    Entity,
    /// Not well-formed, or not exactly one root element.
    #[error("the XML is not well-formed")]
    Malformed,
}

/// Calls `leaf` with path and text of every element without children, in document order. The path leaves the root out
/// and joins names by `/`: `SendPicsInfo/PicList/item/PicMd5Sum`. White space around a CDATA section is not text.
pub(super) fn leaves<'a, E: From<XmlError>>(
    xml: &'a str,
    mut leaf: impl FnMut(&str, Cow<'a, str>) -> Result<(), E>,
) -> Result<(), E> {
    if xml.len() > MAX_BYTES {
        return Err(XmlError::TooLarge.into());
    }
    let mut reader = Reader::from_str(xml);
    let mut place = Place::default();
    loop {
        match reader.read_event().map_err(|_| XmlError::Malformed)? {
            Event::Start(tag) => place.enter(&tag)?,
            Event::Empty(tag) => {
                place.enter(&tag)?;
                place.leave(&mut leaf)?;
            }
            Event::End(_) => place.leave(&mut leaf)?,
            Event::Text(text) => place.add(text.xml10_content(), Piece::Text)?,
            Event::CData(text) => place.add(text.xml10_content(), Piece::Section)?,
            Event::GeneralRef(name) => place.add(resolve(&name)?, Piece::Reference)?,
            Event::DocType(_) => return Err(XmlError::Doctype.into()),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::Eof if place.is_complete() => return Ok(()),
            Event::Eof => return Err(XmlError::Malformed.into()),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Piece {
    Text,
    Section,
    Reference,
}

/// Where the reader is, and the text gathered for the innermost element.
#[derive(Default)]
struct Place<'a> {
    path: String,
    depth: usize,
    roots: usize,
    /// The innermost element has had no children so far.
    is_leaf: bool,
    text: Cow<'a, str>,
    has_section: bool,
}

impl<'a> Place<'a> {
    fn enter(&mut self, tag: &BytesStart<'a>) -> Result<(), XmlError> {
        let name = tag.name().0;
        if name.is_empty() || name.contains('/') {
            return Err(XmlError::Malformed);
        }
        if self.depth == MAX_DEPTH {
            return Err(XmlError::TooDeep);
        }
        match self.depth {
            0 => self.roots += 1,
            1 => self.path.push_str(name),
            _ => {
                self.path.push('/');
                self.path.push_str(name);
            }
        }
        self.depth += 1;
        self.is_leaf = true;
        self.text = Cow::Borrowed("");
        self.has_section = false;
        Ok(())
    }

    fn leave<E>(&mut self, leaf: &mut impl FnMut(&str, Cow<'a, str>) -> Result<(), E>) -> Result<(), E> {
        let text = std::mem::take(&mut self.text);
        if self.is_leaf && self.depth > 1 {
            leaf(&self.path, text)?;
        }
        self.is_leaf = false;
        self.depth -= 1;
        self.path.truncate(self.path.rfind('/').unwrap_or(0));
        Ok(())
    }

    fn add(&mut self, text: Cow<'a, str>, piece: Piece) -> Result<(), XmlError> {
        let blank = piece == Piece::Text && text.bytes().all(|byte| byte.is_ascii_whitespace());
        if self.depth == 0 {
            return if blank { Ok(()) } else { Err(XmlError::Malformed) };
        }
        if !self.is_leaf || (blank && self.has_section) {
            return Ok(());
        }
        if piece == Piece::Section && !self.has_section {
            self.has_section = true;
            if self.text.bytes().all(|byte| byte.is_ascii_whitespace()) {
                self.text = Cow::Borrowed("");
            }
        }
        if self.text.is_empty() {
            self.text = text;
        } else {
            self.text.to_mut().push_str(&text);
        }
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.depth == 0 && self.roots == 1
    }
}

fn resolve<'a>(reference: &BytesRef<'_>) -> Result<Cow<'a, str>, XmlError> {
    if let Some(character) = reference.resolve_char_ref().map_err(|_| XmlError::Entity)? {
        return Ok(Cow::Owned(character.to_string()));
    }
    let text = match &**reference {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "apos" => "'",
        "quot" => "\"",
        _ => return Err(XmlError::Entity),
    };
    Ok(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(xml: &str) -> Result<Vec<(String, String)>, XmlError> {
        let mut found = Vec::new();
        leaves(xml, |path, text| {
            found.push((path.to_owned(), text.into_owned()));
            Ok::<_, XmlError>(())
        })?;
        Ok(found)
    }

    #[test]
    fn texts_come_with_their_paths() {
        let rows: &[(&str, &[(&str, &str)])] = &[
            ("<xml><A>1</A><B/></xml>", &[("A", "1"), ("B", "")]),
            ("\u{feff}<?xml version=\"1.0\"?>\n<xml><!-- c --><A x=\"y\">1</A></xml>\n", &[("A", "1")]),
            ("<xml><A>\n <![CDATA[a]]>\n</A></xml>", &[("A", "a")]),
            ("<xml><A><![CDATA[]]]]><![CDATA[>]]></A></xml>", &[("A", "]]>")]),
            ("<xml><A> a b </A></xml>", &[("A", " a b ")]),
            ("<xml><A>&lt;&#20320;&#x597D;&amp;&quot;&apos;&gt; </A></xml>", &[("A", "<你好&\"'> ")]),
            (
                "<xml><L><I><M>1</M></I><I><M>2</M></I></L><A>3</A></xml>",
                &[("L/I/M", "1"), ("L/I/M", "2"), ("A", "3")],
            ),
            ("<xml></xml>", &[]),
        ];
        for (xml, expected) in rows {
            let found = read(xml).unwrap();
            let found: Vec<_> = found.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
            assert_eq!(&found, expected, "{xml}");
        }
    }

    #[test]
    fn hostile_documents_are_refused() {
        let deep = format!("{}{}", "<a>".repeat(9), "</a>".repeat(9));
        let large = format!("<xml><A>{}</A></xml>", "a".repeat(MAX_BYTES));
        let rows = [
            ("", XmlError::Malformed),
            ("text", XmlError::Malformed),
            ("<xml>", XmlError::Malformed),
            ("<xml></xml><xml></xml>", XmlError::Malformed),
            ("<xml></xml>tail", XmlError::Malformed),
            ("<xml><A></B></xml>", XmlError::Malformed),
            ("<xml><A>a & b</A></xml>", XmlError::Malformed),
            ("<xml><A/B>1</A/B></xml>", XmlError::Malformed),
            ("</xml>", XmlError::Malformed),
            ("&amp;<xml/>", XmlError::Malformed),
            ("<!DOCTYPE x><xml/>", XmlError::Doctype),
            (
                "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><xml><A>&e;</A></xml>",
                XmlError::Doctype,
            ),
            ("<xml><A>&e;</A></xml>", XmlError::Entity),
            ("<xml><A>&#0;</A></xml>", XmlError::Entity),
            ("<xml><A>&#x110000;</A></xml>", XmlError::Entity),
            (&deep, XmlError::TooDeep),
            (&large, XmlError::TooLarge),
        ];
        for (xml, expected) in rows {
            assert_eq!(read(xml), Err(expected), "{}", &xml[..xml.len().min(60)]);
        }
    }
}
