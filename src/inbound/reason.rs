//! Why an office turns something down, in the words that many opinions share (domain.md §6.3).
//!
//! A code counts and filters; its wording is what the candidate reads. The first letter says what it is about: P the
//! portrait, D the document photos. Codes and wordings are ours: other offices' systems send the codes.

use serde::{Deserialize, Serialize};

use super::Part;

/// A reason to reject, by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a code means what its wording says")]
pub enum Reason {
    P01,
    P02,
    P03,
    P04,
    P05,
    P06,
    P07,
    P08,
    P09,
    P10,
    P11,
    P12,
    D01,
    D02,
    D03,
    D04,
    D05,
}

impl Reason {
    /// Every reason, in the table's order.
    pub const ALL: [Self; 17] = [
        Self::P01,
        Self::P02,
        Self::P03,
        Self::P04,
        Self::P05,
        Self::P06,
        Self::P07,
        Self::P08,
        Self::P09,
        Self::P10,
        Self::P11,
        Self::P12,
        Self::D01,
        Self::D02,
        Self::D03,
        Self::D04,
        Self::D05,
    ];

    /// The code, as it is stored, sent and counted.
    pub fn code(self) -> &'static str {
        match self {
            Self::P01 => "P01",
            Self::P02 => "P02",
            Self::P03 => "P03",
            Self::P04 => "P04",
            Self::P05 => "P05",
            Self::P06 => "P06",
            Self::P07 => "P07",
            Self::P08 => "P08",
            Self::P09 => "P09",
            Self::P10 => "P10",
            Self::P11 => "P11",
            Self::P12 => "P12",
            Self::D01 => "D01",
            Self::D02 => "D02",
            Self::D03 => "D03",
            Self::D04 => "D04",
            Self::D05 => "D05",
        }
    }

    /// What the candidate reads, word for word as the table has it.
    pub fn wording(self) -> &'static str {
        match self {
            Self::P01 => "与公安部门相片差别较大，请本人重新拍摄",
            Self::P02 => "疑似翻拍或非真人，请使用摄像头现场拍摄",
            Self::P03 => "背景不是均匀的白色或浅灰色 / 有阴影或其他物体",
            Self::P04 => "衣着与背景颜色相近，请穿深色上衣",
            Self::P05 => "头发遮挡眉毛、眼睛或耳朵",
            Self::P06 => "眼镜反光、有色或镜框遮挡眼睛",
            Self::P07 => "佩戴饰品或头部覆盖物",
            Self::P08 => "头部歪斜 / 双肩不平 / 未平视 / 嘴唇未闭合",
            Self::P09 => "头像过大、过小或不居中",
            Self::P10 => "曝光不均、有高光或红眼",
            Self::P11 => "模糊、失真或有美颜修饰",
            Self::P12 => "添加了边框、文字等内容",
            Self::D01 => "证件照片不清晰或信息不全",
            Self::D02 => "缺少国徽面或人像面 / 缺少手持照",
            Self::D03 => "手持照看不清人脸、手臂或证件信息",
            Self::D04 => "证件已过有效期",
            Self::D05 => "证件与考籍信息不一致",
        }
    }

    /// The part that it is about.
    pub fn part(self) -> Part {
        if self.code().starts_with('P') { Part::Portrait } else { Part::Documents }
    }

    /// The reason of a code; small letters and blanks around it are not minded.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code().eq_ignore_ascii_case(code.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_they_are_written() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.code()), Some(reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
            assert_eq!(reason.part() == Part::Portrait, reason.code().starts_with('P'));
        }
        let rows = [(" p03 ", Some(Reason::P03)), ("D05", Some(Reason::D05)), ("P13", None), ("", None)];
        for (code, reason) in rows {
            assert_eq!(Reason::parse(code), reason, "{code}");
        }
    }
}
