//! One of each page at least, for tests and for looking at.

use super::{ForPeople, Page, Row, Unproven};

impl Page {
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
        let welcome = |in_wechat, unproven| Self::Welcome {
            here: here(),
            qr: "data:image/svg+xml;base64,PHN2Zy8+".to_owned(),
            in_wechat,
            is_played: true,
            unproven,
        };
        let hints =
            || Some("老师可能会问到：\n1. 太暗：请面向窗户，或者开灯再拍\n2. 头歪了：请坐正".to_owned());
        let captured = |notice: Option<String>, hints, documents_follow| Self::Captured {
            here: here(),
            unsaved: notice.is_some(),
            notice,
            max_bytes,
            people: ForPeople::Asked,
            hints,
            documents_follow,
        };
        let expired = |is_captured, documents_follow| Self::Expired { is_captured, documents_follow };

        vec![
            ("welcome", welcome(false, None)),
            ("welcome-in-wechat", welcome(true, None)),
            ("welcome-length", welcome(false, Some(Unproven::Length))),
            ("welcome-differs", welcome(false, Some(Unproven::Differs { left: 2 }))),
            ("welcome-at-once", welcome(false, Some(Unproven::AtOnce))),
            ("data", Self::Data { here: here(), notice: None, rows: rows() }),
            ("data-refused", Self::Data { here: here(), notice: notice(), rows: rows() }),
            ("standard", Self::Standard { here: here(), notice: None }),
            ("capture", Self::Capture { here: here(), notice: None, max_bytes, people: ForPeople::No }),
            (
                "capture-refused",
                Self::Capture { here: here(), notice: notice(), max_bytes, people: ForPeople::Offered },
            ),
            ("captured", captured(None, None, false)),
            ("captured-refused", captured(notice(), None, false)),
            ("captured-hinted", captured(None, hints(), false)),
            ("captured-before-documents", captured(None, None, true)),
            ("done", Self::Done { documents_follow: false }),
            ("done-before-documents", Self::Done { documents_follow: true }),
            ("unreadable", Self::Unreadable { here: here() }),
            ("gone", Self::Gone {}),
            ("consent", Self::Consent {}),
            ("expired", expired(false, false)),
            ("expired-captured", expired(true, false)),
            ("expired-before-documents", expired(true, true)),
            ("used", Self::Used {}),
            ("spent", Self::Spent {}),
            ("stranger", Self::Stranger {}),
            ("snapshot", Self::Snapshot { here: here() }),
            ("unanswered", Self::Unanswered { here: here() }),
            ("away", Self::Away { here: here() }),
        ]
        .into_iter()
        .chain(Self::samples_of_trouble())
        .collect()
    }

    fn samples_of_trouble() -> [(&'static str, Self); 10] {
        let code = || "204-617".to_owned();
        let closed = |next: Option<&str>, place: Option<&str>| Self::Closed {
            closes: "6月17日 16:00".to_owned(),
            next_name: next.map(str::to_owned),
            next_opens: next.map(|_| "12月11日 9:30".to_owned()),
            place: place.map(str::to_owned),
        };
        [
            ("over", Self::Over {}),
            ("closed", closed(Some("2026年下半年"), None)),
            ("closed-own", closed(None, Some("天河区　020-88909771"))),
            ("foreign", Self::Foreign {}),
            ("missing", Self::Missing {}),
            ("strange", Self::Strange {}),
            ("busy", Self::Busy { code: code(), unsaved: false }),
            ("busy-unsaved", Self::Busy { code: code(), unsaved: true }),
            ("broken", Self::Broken { code: code(), unsaved: false }),
            ("broken-unsaved", Self::Broken { code: code(), unsaved: true }),
        ]
    }
}
