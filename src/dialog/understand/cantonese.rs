//! Cantonese, as people write it, in the words that the dialogs are written in.
//!
//! Candidates of Guangdong write 「點樣」 and 「幾耐」. Put into Mandarin before anything listens, so that each word of
//! the dialogs is heard in both without being listed twice. Texts of people and words of dialogs pass the same
//! [`spell`], so a word that happens to look Cantonese still equals itself.

use super::{
    fold::fold,
    phrases::{List, Words},
    speech::has,
};

/// Folded Cantonese and what it means; a phrase stands before its parts.
const MEANINGS: [(&str, &str); 76] = [
    ("唔该晒", "谢谢"),
    ("唔该", "谢谢"),
    ("喺边度", "在哪里"),
    ("系边度", "在哪里"),
    ("喺边", "在哪里"),
    ("边度", "哪里"),
    ("边个", "哪个"),
    ("边间", "哪个"),
    ("边日", "哪天"),
    ("点样", "怎样"),
    ("点解", "为什么"),
    ("点算", "怎么办"),
    ("点办", "怎么办"),
    ("点搞", "怎么办"),
    ("点攞", "怎么拿"),
    ("点去", "怎么去"),
    ("点影", "怎么拍"),
    ("点行", "怎么走"),
    ("几耐", "多久"),
    ("几多", "多少"),
    ("几钱", "多少钱"),
    ("几时", "什么时候"),
    ("乜嘢", "什么"),
    ("咩嘢", "什么"),
    ("系咪", "是不是"),
    ("系唔系", "是不是"),
    ("唔系", "不是"),
    ("得唔得", "行不行"),
    ("使唔使", "要不要"),
    ("洗唔洗", "要不要"),
    ("驶唔驶", "要不要"),
    ("可唔可以", "可不可以"),
    ("好唔好", "好不好"),
    ("有冇", "有没有"),
    ("唔使", "不用"),
    ("唔好", "不要"),
    ("唔得", "不行"),
    ("唔知", "不知道"),
    ("好未", "好了吗"),
    ("得未", "好了吗"),
    ("影相", "拍照"),
    ("影过", "拍过"),
    ("影一次", "拍一次"),
    ("影完", "拍完"),
    ("睇错", "看错"),
    ("衫", "衣服"),
    ("张相", "张照片"),
    ("而家", "现在"),
    ("依家", "现在"),
    ("家阵", "现在"),
    ("听日", "明天"),
    ("寻日", "昨天"),
    ("琴日", "昨天"),
    ("呢个", "这个"),
    ("呢度", "这里"),
    ("嗰个", "那个"),
    ("嗰度", "那里"),
    ("边位", "哪位"),
    ("返嚟", "回来"),
    ("冇", "没有"),
    ("唔", "不"),
    ("乜", "什么"),
    ("咩", "什么"),
    ("嘢", "东西"),
    ("攞", "拿"),
    ("睇", "看"),
    ("俾", "给"),
    ("畀", "给"),
    ("揾", "找"),
    ("嘅", "的"),
    ("咗", "了"),
    ("佢", "他"),
    ("哋", "们"),
    ("喺", "在"),
    ("嚟", "来"),
    ("啲", "些"),
];

/// The phrases, to be looked for all at once: most texts have none and are done.
static PHRASES: Words = Words::new(|| List::of(MEANINGS.iter().map(|(phrase, _)| *phrase).collect()));

/// The common spelling of a text, in Mandarin.
pub(super) fn spell(text: &str) -> String {
    let folded = fold(text);
    if !has(&folded, &PHRASES) {
        return folded;
    }
    let said = |text: String, (cantonese, mandarin): &(&str, &str)| {
        if text.contains(cantonese) { text.replace(cantonese, mandarin) } else { text }
    };
    MEANINGS.iter().fold(folded, said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cantonese_is_put_into_mandarin() {
        let rows = [
            ("天河區喺邊度辦？", "天河区在哪里办"),
            ("點樣申請", "怎样申请"),
            ("幾時攞證", "什么时候拿证"),
            ("要等幾耐先有結果", "要等多久先有结果"),
            ("使唔使交錢", "要不要交钱"),
            ("係咪要影相", "是不是要拍照"),
            ("我冇准考證", "我没有准考证"),
            ("唔該，點算好", "谢谢怎么办好"),
            ("唔要天河", "不要天河"),
            ("帶咩嘢去", "带什么去"),
            ("搞掂未", "搞掂未"),
            ("点击申请", "点击申请"),
            ("几点上班", "几点上班"),
            ("联系老师", "联系老师"),
            ("明天呢", "明天呢"),
        ];
        for (said, meant) in rows {
            assert_eq!(spell(said), meant, "{said}");
        }
    }

    #[test]
    fn each_phrase_is_found_and_a_longer_one_first() {
        for (at, (phrase, _)) in MEANINGS.iter().enumerate() {
            assert!(has(phrase, &PHRASES), "{phrase}");
            let earlier = MEANINGS[..at].iter().find(|(part, _)| phrase.contains(part));
            assert_eq!(earlier, None, "{phrase} comes too late");
        }
    }
}
