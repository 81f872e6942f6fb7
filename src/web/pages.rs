//! Pages that people read, as typed contexts for templates.
//!
//! The words are in `pages/**.html`, compiled into the binary; a [`Page`] says which file and what is filled in.
//! Undefined variables are errors and everything is escaped. Templates are parsed once; every page has samples,
//! and a test renders them all, so a page that cannot be rendered does not leave this machine.
//! Styles and scripts are files of their own ([`asset`]), because the pages' policy allows nothing inline.

use std::sync::LazyLock;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use minijinja::{Environment, UndefinedBehavior, value::Serde};
use serde::Serialize;

use super::error::WebError;

/// One page with what is filled in. `here` is the path of the camera link, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Page {
    /// What an unclaimed link shows to anybody: nothing personal.
    Welcome {
        /// Where the forms go.
        here: String,
        /// The link as a QR code, a `data:` address of an SVG picture.
        qr: String,
    },
    /// 再次核对信息 (A9).
    Data {
        /// Where the forms go.
        here: String,
        /// What was refused, in the dialog's words.
        notice: Option<String>,
        /// The data sheet, masked.
        rows: Vec<Row>,
    },
    /// 采集规范 (A10).
    Standard {
        /// Where the forms go.
        here: String,
        /// What was refused, in the dialog's words.
        notice: Option<String>,
    },
    /// 摄像中 (A11).
    Capture {
        /// Where the forms go.
        here: String,
        /// What was refused, in the dialog's words.
        notice: Option<String>,
        /// Largest file taken.
        max_bytes: usize,
    },
    /// 已摄像，待提交 (A12).
    Captured {
        /// Where the forms go.
        here: String,
        /// What was refused, in the dialog's words.
        notice: Option<String>,
        /// Largest file taken.
        max_bytes: usize,
        /// The document photos come next, in the chat.
        documents_follow: bool,
    },
    /// Back to the chat: submitted, or on to the document photos.
    Done {
        /// See [`Page::Captured`].
        documents_follow: bool,
    },
    /// The upload broke off.
    Unreadable {
        /// Where to try again.
        here: String,
    },
    /// The link is unknown, replaced or done: the same words for all three.
    Gone {},
    /// The person has not agreed to the present words about the portrait: they are asked in the chat.
    Consent {},
    /// Nobody claimed it in time, or its device was away for too long.
    Expired {},
    /// Claimed by another device.
    Used {},
    /// The window has closed on an application that is not complete.
    Closed {
        /// When it closed.
        closes: String,
        /// The batch after it and when it opens, if that is known.
        next_name: Option<String>,
        /// See `next_name`.
        next_opens: Option<String>,
        /// The chosen place and its telephones; for the link's own device only.
        place: Option<String>,
    },
    /// A form of another site's.
    Foreign {},
    /// No such page.
    Missing {},
    /// Something is away; the same may go through in a moment.
    Busy {
        /// What to say to people, who find it in the log.
        code: String,
    },
    /// Something is broken.
    Broken {
        /// What to say to people, who find it in the log.
        code: String,
    },
}

/// A line of the data sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Of which field.
    pub label: &'static str,
    /// Its value, masked where it has to be.
    pub value: String,
}

/// Every template: the name that `extends` and `include` use, and its text.
const TEMPLATES: &[(&str, &str)] = &[
    ("camera/base.html", include_str!("pages/camera/base.html")),
    ("camera/broken.html", include_str!("pages/camera/broken.html")),
    ("camera/busy.html", include_str!("pages/camera/busy.html")),
    ("camera/capture.html", include_str!("pages/camera/capture.html")),
    ("camera/captured.html", include_str!("pages/camera/captured.html")),
    ("camera/closed.html", include_str!("pages/camera/closed.html")),
    ("camera/computer.html", include_str!("pages/camera/computer.html")),
    ("camera/consent.html", include_str!("pages/camera/consent.html")),
    ("camera/data.html", include_str!("pages/camera/data.html")),
    ("camera/done.html", include_str!("pages/camera/done.html")),
    ("camera/expired.html", include_str!("pages/camera/expired.html")),
    ("camera/foreign.html", include_str!("pages/camera/foreign.html")),
    ("camera/gone.html", include_str!("pages/camera/gone.html")),
    ("camera/input.html", include_str!("pages/camera/input.html")),
    ("camera/missing.html", include_str!("pages/camera/missing.html")),
    ("camera/notice.html", include_str!("pages/camera/notice.html")),
    ("camera/shoot.html", include_str!("pages/camera/shoot.html")),
    ("camera/standard.html", include_str!("pages/camera/standard.html")),
    ("camera/steps.html", include_str!("pages/camera/steps.html")),
    ("camera/unreadable.html", include_str!("pages/camera/unreadable.html")),
    ("camera/used.html", include_str!("pages/camera/used.html")),
    ("camera/welcome.html", include_str!("pages/camera/welcome.html")),
];

/// Styles and scripts: file name, type, text.
const ASSETS: &[(&str, &str, &str)] = &[
    ("page.css", "text/css; charset=utf-8", include_str!("pages/camera/page.css")),
    ("shoot.js", "text/javascript; charset=utf-8", include_str!("pages/camera/shoot.js")),
];

/// Nothing personal is in them; ten minutes after an update nobody has old ones any more.
const ASSET_AGE: HeaderValue = HeaderValue::from_static("public, max-age=600");

/// Work allowed to one rendering: the longest page needs under 5 % of it.
const FUEL: u64 = 50_000;

static TEMPLATE_SET: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut set = Environment::new();
    set.set_undefined_behavior(UndefinedBehavior::Strict);
    set.set_fuel(Some(FUEL));
    for (name, text) in TEMPLATES {
        set.add_template(name, text).expect("a test parses every template");
    }
    set
});

impl Page {
    /// The page's HTML.
    pub fn render(&self) -> Result<String, minijinja::Error> {
        TEMPLATE_SET.get_template(self.template())?.render(Serde(self))
    }

    /// The page as an answer. A page that cannot be rendered is an error like any other.
    pub fn answer(&self, status: StatusCode) -> Response {
        match self.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => WebError::Page(error).into_response(),
        }
    }

    fn template(&self) -> &'static str {
        match self {
            Self::Welcome { .. } => "camera/welcome.html",
            Self::Data { .. } => "camera/data.html",
            Self::Standard { .. } => "camera/standard.html",
            Self::Capture { .. } => "camera/capture.html",
            Self::Captured { .. } => "camera/captured.html",
            Self::Done { .. } => "camera/done.html",
            Self::Unreadable { .. } => "camera/unreadable.html",
            Self::Gone {} => "camera/gone.html",
            Self::Consent {} => "camera/consent.html",
            Self::Expired {} => "camera/expired.html",
            Self::Used {} => "camera/used.html",
            Self::Closed { .. } => "camera/closed.html",
            Self::Foreign {} => "camera/foreign.html",
            Self::Missing {} => "camera/missing.html",
            Self::Busy { .. } => "camera/busy.html",
            Self::Broken { .. } => "camera/broken.html",
        }
    }

    /// At least one of each, long names and markup included: for tests and for looking at.
    pub fn samples() -> Vec<(&'static str, Self)> {
        let here = || "/camera/AAECAwQFBgcICQoLDA0ODw".to_owned();
        let max_bytes = 10 << 20;
        let row = |label, value: &str| Row { label, value: value.to_owned() };
        let rows = || {
            vec![
                row("姓名", "阿卜杜拉·买买提<样例>"),
                row("性别", "男"),
                row("证件号码", "440103********0037"),
                row("准考证号", "010112345678"),
                row("专业", "计算机科学与技术（专升本）"),
                row("办理地点", "广州市天河区"),
                row("联系电话", "138****8000"),
            ]
        };
        let notice = || Some("这张照片太小（至少 480×640），\n请用相机重新拍一张。".to_owned());
        let code = || "204-617".to_owned();
        let captured =
            |notice, documents_follow| Self::Captured { here: here(), notice, max_bytes, documents_follow };
        let closed = |next: Option<&str>, place: Option<&str>| Self::Closed {
            closes: "6月17日 16:00".to_owned(),
            next_name: next.map(str::to_owned),
            next_opens: next.map(|_| "12月11日 9:30".to_owned()),
            place: place.map(str::to_owned),
        };
        vec![
            ("welcome", Self::Welcome { here: here(), qr: "data:image/svg+xml;base64,PHN2Zy8+".to_owned() }),
            ("data", Self::Data { here: here(), notice: None, rows: rows() }),
            ("data-refused", Self::Data { here: here(), notice: notice(), rows: rows() }),
            ("standard", Self::Standard { here: here(), notice: None }),
            ("capture", Self::Capture { here: here(), notice: None, max_bytes }),
            ("capture-refused", Self::Capture { here: here(), notice: notice(), max_bytes }),
            ("captured", captured(None, false)),
            ("captured-refused", captured(notice(), false)),
            ("captured-before-documents", captured(None, true)),
            ("done", Self::Done { documents_follow: false }),
            ("done-before-documents", Self::Done { documents_follow: true }),
            ("unreadable", Self::Unreadable { here: here() }),
            ("gone", Self::Gone {}),
            ("consent", Self::Consent {}),
            ("expired", Self::Expired {}),
            ("used", Self::Used {}),
            ("closed", closed(Some("2026年下半年"), None)),
            ("closed-own", closed(None, Some("天河区　020-88909771"))),
            ("foreign", Self::Foreign {}),
            ("missing", Self::Missing {}),
            ("busy", Self::Busy { code: code() }),
            ("broken", Self::Broken { code: code() }),
        ]
    }
}

/// A style or script by its file name.
pub fn asset(file: &str) -> Option<Response> {
    let (_, kind, text) = ASSETS.iter().find(|(name, ..)| *name == file)?;
    let mut response = Response::new(Body::from(*text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, ASSET_AGE);
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_renders_whole_and_escaped() {
        for (name, page) in Page::samples() {
            let html = page.render().unwrap_or_else(|error| panic!("{name}: {error:#}"));
            assert!(html.starts_with("<!doctype html>") && html.trim_end().ends_with("</html>"), "{name}");
            assert!(html.contains("<h1>"), "{name} has no heading");
            for inline in ["style=", "<style", "onclick=", "<script>", "http://", "https://", "<样例>"] {
                assert!(!html.contains(inline), "{name} contains {inline}");
            }
        }
    }

    #[test]
    fn every_template_belongs_to_a_sample_or_to_another_template() {
        let shown: Vec<&str> = Page::samples().iter().map(|(_, page)| page.template()).collect();
        for (name, _) in TEMPLATES {
            let named = TEMPLATES.iter().any(|(_, text)| text.contains(&format!("\"{name}\"")));
            assert!(shown.contains(name) || named, "{name} is never shown");
        }
    }

    #[test]
    fn the_largest_picture_is_the_configured_one() {
        let page = Page::Capture { here: "/camera/x".to_owned(), notice: None, max_bytes: 6 << 20 };
        assert!(page.render().unwrap().contains("超过 6 MB"));
    }

    #[test]
    fn the_standard_is_complete() {
        let html = Page::Standard { here: "/camera/x".to_owned(), notice: None }.render().unwrap();
        let words: String =
            html.split('<').map(|part| part.split_once('>').map_or("", |(_, text)| text)).collect();
        let clauses = [
            "应使用毕业生本人近期（一般为毕业前一年以内）正面免冠彩色头像的电子图像文件。",
            "禁止对图像整体或局部进行镜像、旋转等变换操作。不得对人像特征（如伤疤、痣、发型等）进行技术处理。",
            "图像应对焦准确、层次清晰、色彩真实、无明显畸变。",
            "除头像外，不得添加边框、文字、图案等其他内容。",
            "背景：应均匀无渐变，不得有阴影、其他人或物体。",
            "白色（参考值RGB&lt;255,255,255&gt;）或浅灰色（参考值RGB&lt;240,240,240&gt;）。",
            "衣着：应与背景色区分明显，避免复杂图案、条纹。",
            "双眼自然睁开并平视，耳朵对称，左右肩膀平衡，嘴唇自然闭合。",
            "但不得戴有色（含隐形）眼镜，镜框不得遮挡眼睛，眼镜不能有反光。",
            "（宗教、医疗和文化需要时，不得遮挡脸部或造成阴影）",
            "头发不得遮挡眉毛、眼睛和耳朵。不宜化妆。",
            "无明显可见或不对称的高光、光斑，无红眼。",
        ];
        for clause in clauses {
            assert!(words.contains(clause), "{clause}");
        }
    }
}
