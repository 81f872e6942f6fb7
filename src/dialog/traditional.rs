//! Answers in Traditional characters, as candidates from Hong Kong, Macao and Taiwan write.
//!
//! Only what is shown is converted: names stay as they are recorded, and what stands in 「」 stays as the buttons have
//! it. Phrases decide (头发 is 頭髮, 发送 is 發送), so that `OpenCC`'s dictionaries do it, loaded once with the scripts.
//! That Traditional words are understood is `understand::fold`'s affair.

use std::ops::Range;

use ferrous_opencc::{OpenCC, config::BuiltinConfig};

use super::understand::simplified;

/// Words of this business that the dictionaries take for others, as they come out of them and as they are written.
const MENDED: [(&str, &str); 4] =
    [("準考證", "准考證"), ("複核", "覆核"), ("回複", "回覆"), ("回復", "回覆")];
/// Characters of the table of Traditional ones that Simplified texts have, too.
const COMMON: [char; 8] = ['覆', '甚', '瞭', '乾', '著', '藉', '於', '麼'];
/// So many characters that only Simplified texts have make a text one.
const SIMPLIFIED: usize = 2;

/// The converter, with its dictionaries.
pub(super) struct Traditional(OpenCC);

impl Traditional {
    pub(super) fn new() -> Self {
        Self(OpenCC::from_config(BuiltinConfig::S2hk).expect("the dictionaries are part of the program"))
    }

    /// The text in Traditional characters, but for what is `kept` and what stands in 「」.
    pub(super) fn convert(&self, text: &str, kept: &[&str]) -> String {
        let mut written = String::with_capacity(text.len());
        let mut at = 0;
        for part in untouched(text, kept) {
            if part.start >= at {
                written.push_str(&self.words(&text[at..part.start]));
                written.push_str(&text[part.clone()]);
                at = part.end;
            }
        }
        written.push_str(&self.words(&text[at..]));
        written
    }

    fn words(&self, text: &str) -> String {
        let converted = self.0.convert(text);
        MENDED.iter().fold(converted, |text, (wrong, right)| text.replace(wrong, right))
    }

    /// Whether a text is written in Simplified characters: nothing in it is Traditional, and several would be written
    /// otherwise.
    pub(super) fn is_simplified(&self, text: &str) -> bool {
        let converted = self.0.convert(text);
        let others = text.chars().zip(converted.chars()).filter(|(said, written)| said != written).count();
        others >= SIMPLIFIED && !is_traditional(text)
    }
}

impl std::fmt::Debug for Traditional {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Traditional")
    }
}

/// Whether a text has characters that only Traditional texts have.
pub(super) fn is_traditional(text: &str) -> bool {
    text.chars().any(|c| simplified(c) != c && !COMMON.contains(&c))
}

/// What stays as it is, from front to back; of two that begin at one place, the longer first.
fn untouched(text: &str, kept: &[&str]) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = text
        .match_indices('「')
        .filter_map(|(from, _)| text[from..].find('」').map(|length| from..from + length + '」'.len_utf8()))
        .collect();
    let words = kept.iter().filter(|word| !word.is_empty());
    parts.extend(words.flat_map(|word| text.match_indices(word).map(|(from, _)| from..from + word.len())));
    parts.sort_by_key(|part| (part.start, usize::MAX - part.end));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_converted_and_names_and_buttons_are_not() {
        let traditional = Traditional::new();
        let rows = [
            ("请输入 12 位准考证号：", "請輸入 12 位准考證號："),
            ("头发不遮眉毛，发送照片后等审核。", "頭髮不遮眉毛，發送照片後等審核。"),
            ("请回复「我知道了，去拍照」。", "請回覆「我知道了，去拍照」。"),
            ("1 毕业申请\n2 审核进度", "1 毕业申请\n2 審核進度"),
            ("张** 您好，天河区五山路", "张** 您好，天河區五山路"),
            ("正在复核「", "正在覆核「"),
            ("请回复数字：", "請回覆數字："),
        ];
        for (simplified, written) in rows {
            assert_eq!(traditional.convert(simplified, &["毕业申请", "张**", ""]), written);
        }
    }

    #[test]
    fn a_text_tells_how_it_is_written() {
        let traditional = Traditional::new();
        let rows = [
            ("幾時可以申請", true, false),
            ("我要申请毕业", false, true),
            ("天河", false, false),
            ("1", false, false),
            ("等著", false, false),
            ("确认无误", false, true),
            ("答覆", false, false),
            ("瞭解", false, false),
        ];
        for (said, is_old, is_new) in rows {
            assert_eq!((is_traditional(said), traditional.is_simplified(said)), (is_old, is_new), "{said}");
        }
    }
}
