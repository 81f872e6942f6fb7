//! Traditional spelling: folded completely, so that it never changes what is meant.

use super::super::fold::{fold, simplified};
use super::*;

/// Simplified characters, each followed by its Traditional forms: `OpenCC`'s `STCharacters` (Apache-2.0), those of GB 2312.
/// It is the table the other way round and made apart from ours; left out are eight characters that nobody uses.
const TRADITIONAL_OF: &str = include_str!("traditional_of.txt");

#[test]
fn every_traditional_form_of_a_character_is_folded_back() {
    let lines: Vec<&str> = TRADITIONAL_OF.lines().collect();
    assert!(lines.len() > 2_000);
    let mut wrong = Vec::new();
    for line in lines {
        let mut chars = line.chars();
        let simple = chars.next().unwrap();
        wrong.extend(chars.filter(|form| simplified(*form) != simplified(simple)).map(|form| (simple, form)));
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn the_table_is_sorted_and_folds_in_one_step() {
    let table = include_str!("../traditional.txt");
    let rows: Vec<(char, char)> =
        table.lines().map(|line| (line.chars().next().unwrap(), line.chars().nth(1).unwrap())).collect();
    assert!(table.lines().all(|line| line.len() == 6 && line.chars().count() == 2));
    assert!(rows.is_sorted_by(|one, next| one.0 < next.0));
    for (traditional, simple) in rows {
        assert_eq!(simplified(traditional), simple);
        assert_eq!(simplified(simple), simple, "{traditional}");
    }
}

#[test]
fn sentences_are_folded() {
    let rows = [
        ("黃埔區", "黄埔区"),
        ("白雲區", "白云区"),
        ("從化區", "从化区"),
        ("增城區", "增城区"),
        ("花都區", "花都区"),
        ("荔灣區", "荔湾区"),
        ("番禺區", "番禺区"),
        ("人工服務", "人工服务"),
        ("查詢進度", "查询进度"),
        ("常見問題", "常见问题"),
        ("國徽面", "国徽面"),
        ("幾時申請", "几时申请"),
        ("甚麼時候截止", "什么时候截止"),
        ("點樣辦理", "点样办理"),
        ("唔該，邊度辦？", "唔该边度办"),
        ("我知道了，去拍照", "我知道了去拍照"),
        ("我已攝像完成，下一步", "我已摄像完成下一步"),
        ("提交身份證附件", "提交身份证附件"),
        ("信息有誤", "信息有误"),
        ("確認無誤", "确认无误"),
        ("裡面／裏面", "里面里面"),
        ("説明、說明", "说明说明"),
        ("衞生 衛生", "卫生卫生"),
        ("網絡綫路", "网络线路"),
        ("參加", "参加"),
        ("答覆", "答复"),
        ("等著", "等着"),
        ("〇零", "〇零"),
    ];
    for (said, folded) in rows {
        assert_eq!(fold(said), folded, "{said}");
    }
}

#[test]
fn every_district_is_heard_in_traditional_characters() {
    let names = [
        "荔灣區",
        "越秀區",
        "海珠區",
        "天河區",
        "白雲區",
        "黃埔區",
        "番禺區",
        "花都區",
        "南沙區",
        "增城區",
        "從化區",
    ];
    for (index, name) in names.into_iter().enumerate() {
        assert_eq!(hear(&districts(), name), choice(index + 1), "{name}");
        assert_eq!(hear(&districts(), &format!("{name}喺邊度")), about(index + 1), "{name}");
    }
}
