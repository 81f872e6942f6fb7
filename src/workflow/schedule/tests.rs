use super::*;
use crate::{time::parse_minute, workflow::mistake::Spot};
use jiff::civil::date;

const GUANGZHOU: &str = include_str!("../../../examples/data/schedule-guangzhou.csv");

fn schedule() -> Schedule {
    read_csv(GUANGZHOU, 2026).unwrap()
}

fn place(district: &str) -> Place {
    schedule().place("广州市", district).unwrap().clone()
}

fn at(month: i8, day: i8, hour: i8, minute: i8) -> DateTime {
    date(2026, month, day).at(hour, minute, 0, 0)
}

/// Every row of the published table, as the bot says it.
const ROWS: [(&str, &str, &str, &str); 11] = [
    ("荔湾区", "6月16日（周二）、6月17日（周三）", "荔湾区多宝路58号509室", "020-81957623"),
    (
        "越秀区",
        "6月15日（周一）、6月16日（周二）",
        "越秀区越华路38号三楼（科艺自考辅导学校）",
        "020-83350843",
    ),
    ("海珠区", "6月16日（周二）、6月17日（周三）", "海珠区石榴岗路488号厚德楼1楼对外窗口", "020-84472554"),
    ("天河区", "6月15日（周一）、6月18日（周四）", "天河区五山路141号侨大教育二楼", "020-88909771"),
    (
        "白云区",
        "6月16日（周二）、6月17日（周三）",
        "白云区沙太中路大源北路28号广州涉外经济职业技术学院（北校区）",
        "020-36784412",
    ),
    (
        "黄埔区",
        "6月16日（周二）、6月17日（周三）",
        "黄埔区开萝大道39号3号楼（黄埔区电大）204室",
        "020-82112605",
    ),
    (
        "番禺区",
        "6月15日（周一）、6月16日（周二）",
        "番禺区市桥街平康路89号德胜广场二楼A01德才教育",
        "020-84810283、020-84813582",
    ),
    (
        "花都区",
        "6月15日（周一）、6月16日（周二）",
        "花都区云山大道53号南华教育城A座3楼306号广州市花都区英朗培训中心",
        "020-36900898",
    ),
    ("南沙区", "6月16日（周二）、6月17日（周三）", "南沙区进港大道466号之二传媒大厦一楼", "020-39050023"),
    (
        "增城区",
        "6月16日（周二）、6月17日（周三）",
        "增城区荔城街挂绿街西四巷1号增城区招考办301室",
        "020-82712867",
    ),
    (
        "从化区",
        "6月17日（周三）、6月18日（周四）",
        "从化区街口街西宁东路21号（从化区教育局旁边）",
        "020-87930461",
    ),
];

#[test]
fn the_published_table_is_said_word_for_word_and_in_order() {
    let schedule = schedule();
    assert_eq!(schedule.cities(), ["广州市"]);
    assert_eq!(schedule.places.len(), ROWS.len());
    for (place, (district, days, address, phones)) in schedule.in_city("广州市").zip(ROWS) {
        assert_eq!(place.district, district);
        assert_eq!(place.days_text(at(6, 12, 9, 30)), days, "{district}");
        assert_eq!(place.address, address);
        assert_eq!(place.phones_text(), phones);
        assert_eq!(place.hours.text(), "9:15–11:30，14:30–17:30");
    }
}

#[test]
fn another_year_has_other_weekdays() {
    let schedule = read_csv(GUANGZHOU, 2021).unwrap();
    let tianhe = schedule.place("广州市", "天河区").unwrap();
    assert_eq!(
        tianhe.days_text(at(1, 1, 0, 0).with().year(2021).build().unwrap()),
        "6月15日（周二）、6月18日（周五）"
    );
}

#[test]
fn a_day_has_passed_when_its_office_hours_are_over() {
    let tianhe = place("天河区");
    let rows = [
        (at(6, 15, 17, 29), "6月15日（周一）、6月18日（周四）", Some(date(2026, 6, 15))),
        (at(6, 15, 17, 30), "6月15日（周一）（已过）、6月18日（周四）", Some(date(2026, 6, 18))),
        (at(6, 18, 3, 0), "6月15日（周一）（已过）、6月18日（周四）", Some(date(2026, 6, 18))),
        (at(6, 19, 0, 0), "6月15日（周一）（已过）、6月18日（周四）（已过）", None),
    ];
    for (now, text, next) in rows {
        assert_eq!(tianhe.days_text(now), text, "{now}");
        assert_eq!(tianhe.next_day(now), next, "{now}");
    }
}

#[test]
fn a_place_is_found_by_its_names() {
    let schedule = schedule();
    for name in ["天河区", "天河", "广州天河", "广州市天河区"] {
        assert_eq!(schedule.find(name), Lookup::Place(&place("天河区")), "{name}");
    }
    let cores = [
        "广州市区",
        "广州市市区",
        "广州市辖区",
        "广州城区",
        "广州市城区",
        "广州市中心",
        "市区",
        "市辖区",
        "广州市",
        "广州",
        "广东广州",
        "广东省广州市",
        "广东省广州市区",
    ];
    for name in cores {
        assert_eq!(schedule.find(name), Lookup::CityCore, "{name}");
        assert!(is_city_core(name), "{name}");
    }
    let about_the_core = [
        "我在广州市区",
        "我住在市区",
        "市区的",
        "广州市区在哪里办",
        "广州在哪里办",
        "广州怎么办理",
        "广州的电话",
        "广州考办",
    ];
    for text in about_the_core {
        assert_eq!(schedule.find(text), Lookup::CityCore, "{text}");
        assert!(!is_city_core(text), "{text}");
    }
    for text in
        ["", "深圳", "天", "河区", "天河北", "珠海市区", "广州大学", "广州市区天河", "广州天河北", "我的市区"]
    {
        assert_eq!(schedule.find(text), Lookup::Unknown, "{text}");
    }
}

#[test]
fn a_place_is_heard_in_a_sentence() {
    let schedule = schedule();
    let districts =
        |sentence| schedule.mentioned_in(sentence).iter().map(|p| p.district.clone()).collect::<Vec<_>>();
    assert_eq!(districts("天河区在哪里办"), ["天河区"]);
    assert_eq!(districts("白云还是黄埔近一点？"), ["白云区", "黄埔区"]);
    assert!(districts("什么时候办").is_empty());
}

#[test]
fn one_name_in_two_cities_is_asked_back() {
    let text = format!("{}{}", GUANGZHOU, GUANGZHOU.lines().nth(1).unwrap().replacen("广州市", "样例市", 1));
    let schedule = read_csv(&text, 2026).unwrap();
    assert_eq!(schedule.cities(), ["广州市", "样例市"]);
    let Lookup::Several(places) = schedule.find("荔湾") else { panic!("荔湾 is in two cities") };
    assert_eq!(
        places.iter().map(|place| place.key()).collect::<Vec<_>>(),
        ["广州市/荔湾区", "样例市/荔湾区"]
    );
    assert_eq!(schedule.find("样例荔湾"), Lookup::Place(places[1]));
}

const HEADER: &str = "city,district,address,phones,date_ranges,days,am_start,am_end,pm_start,pm_end";

fn mistakes(rows: &str) -> Vec<String> {
    let found = read_csv(&format!("{HEADER}\n{rows}\n"), 2026).unwrap_err();
    found.iter().map(|mistake| format!("{} {}：{}", mistake.spot, mistake.field, mistake.what)).collect()
}

#[test]
fn every_mistake_is_reported_with_its_row_and_column() {
    let good = "广州市,天河区,某路1号,020-1234567,06-15,06-15,09:15,11:30,,";
    let rows = [
        (good.replace("某路1号", ""), "第 2 行 address：没有填"),
        (good.replace("020-1234567", ""), "第 2 行 phones：没有填"),
        (good.replace("020-1234567", "020-1234567;见公告"), "第 2 行 phones：“见公告”不是电话号码"),
        (good.replace("06-15", ""), "第 2 行 date_ranges：没有填"),
        (good.replace("06-15,06-15", "06-31,"), "第 2 行 date_ranges：“06-31”不是 2026 年里的一天或连续几天"),
        (
            good.replace("06-15,06-15", "06-17..06-15,"),
            "第 2 行 date_ranges：“06-17..06-15”不是 2026 年里的一天或连续几天",
        ),
        (good.replace("06-15,06-15", "06-15..06-16,06-15"), "第 2 行 days：和 date_ranges 不是同样的日子"),
        (good.replace("09:15", "25:15"), "第 2 行 am_start：“25:15”不是时间"),
        (good.replace("11:30", ""), "第 2 行 am_end：“”不是时间"),
        (good.replace("11:30", "09:15"), "第 2 行 am_end：09:15 不在 am_start 之后"),
        (good.replace("11:30,,", "11:30,10:00,12:00"), "第 2 行 pm_start：10:00 比 am_end 早"),
        (good.replace("09:15,11:30", ","), "第 2 行 am_start：上午、下午都没有时间"),
        (good.replace("天河区", "市区"), "第 2 行 district：广州市区不受理考生"),
        (format!("{good}\n{good}"), "第 3 行 district：广州市/天河区 前面已经有一行"),
        (String::new(), " ：表里没有办理地点"),
    ];
    for (row, expected) in rows {
        assert_eq!(mistakes(&row), [expected]);
    }
    assert!(read_csv(&format!("{HEADER}\n{good}\n"), 2026).is_ok());
}

#[test]
fn all_mistakes_of_a_file_are_reported_at_once() {
    let rows = "广州市,,,020-1,6月15日,,9,11:30,,\n\n,天河区,某路1号,020-1234567,06-15,,09:15,11:30,,";
    let places: Vec<String> = mistakes(rows);
    assert_eq!(places.len(), 6, "{places:?}");
    assert!(places[5].starts_with("第 4 行 city"), "{places:?}");
    let no_columns = read_csv("city,district\n", 2026).unwrap_err();
    assert_eq!(no_columns.len(), 7);
    assert_eq!(no_columns[0].to_string(), "第 1 行 address：没有这一列。请在标题行补上。");
    let ragged = read_csv(&format!("{HEADER}\n广州市,天河区\n"), 2026).unwrap_err();
    assert_eq!(ragged[0].spot, Spot::Row(2));
}

#[test]
fn dates_may_overlap_and_cross_months() {
    let row = "广州市,天河区,某路1号,020-1234567,06-29..07-02；07-01,,,,14:30,17:30";
    let schedule = read_csv(&format!("\u{feff}{HEADER}\n{row}\n"), 2026).unwrap();
    let days: Vec<String> = schedule.places[0].days.iter().map(ToString::to_string).collect();
    assert_eq!(days, ["2026-06-29", "2026-06-30", "2026-07-01", "2026-07-02"]);
    assert_eq!(schedule.places[0].hours.text(), "14:30–17:30");
}

#[test]
fn a_schedule_comes_back_from_storage_as_it_was() {
    let stored = serde_json::to_string(&schedule()).unwrap();
    assert_eq!(serde_json::from_str::<Schedule>(&stored).unwrap(), schedule());
}

const ROW: &str = "广州市,天河区,五山路,020-88909771,06-15,,09:15,11:30,,";

fn with_position(cells: &str) -> Result<Schedule, Vec<String>> {
    let header = format!(
        "city,district,address,phones,date_ranges,days,am_start,am_end,pm_start,pm_end,{}",
        COORDINATES.join(",")
    );
    let told =
        |found: Vec<crate::workflow::mistake::Mistake>| found.iter().map(ToString::to_string).collect();
    read_csv(&format!("{header}\n{ROW},{cells}\n"), 2026).map_err(told)
}

#[test]
fn a_position_is_two_numbers_or_none() {
    let at = |cells| with_position(cells).unwrap().places[0].position;
    assert_eq!(at("23.15,113.342"), Position::new(23.15, 113.342));
    assert_eq!(at(","), None);
    let both = "latitude 和 longitude 要么都填，要么都不填";
    for (cells, column, told) in [
        ("23.15,", "longitude", both),
        (",113.342", "latitude", both),
        ("113.342,23.15", "latitude", "不要写反"),
        ("北纬23,113.3", "latitude", "不是 -90 到 90 之间的度数"),
        ("23.15,NaN", "longitude", "不是 -180 到 180 之间的度数"),
    ] {
        let found = with_position(cells).unwrap_err();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(&format!("第 2 行 {column}：")) && found[0].contains(told), "{found:?}");
    }
}

#[test]
fn the_nearest_place_comes_first() {
    let text = include_str!("../../../tests/data/schedule-2026-12.csv");
    let schedule = read_csv(text, 2026).unwrap();
    let named = |from| {
        let ways = schedule.nearest(from);
        assert!(ways.is_sorted_by_key(|(_, metres)| *metres));
        ways.iter().map(|(place, _)| schedule.places[*place].district.as_str()).collect::<Vec<_>>()
    };
    let near_the_zoo = named(Position::new(23.14, 113.3).unwrap());
    assert_eq!(near_the_zoo[..3], ["越秀区", "天河区", "荔湾区"]);
    assert_eq!(near_the_zoo.len(), 10, "从化区 has no coordinates");
    assert!(self::schedule().nearest(Position::new(23.14, 113.3).unwrap()).is_empty());
}

#[test]
fn people_are_reminded_on_the_eve_of_a_day_to_come() {
    let schedule = read_csv(include_str!("../../../examples/data/schedule-guangzhou.csv"), 2026).unwrap();
    let place = schedule.place("广州市", "天河区").unwrap();
    let rows = [
        ("2026-06-12T10:00", Some("2026-06-14T09:00")),
        ("2026-06-14T08:59", Some("2026-06-14T09:00")),
        ("2026-06-14T09:00", Some("2026-06-17T09:00")),
        ("2026-06-15T18:00", Some("2026-06-17T09:00")),
        ("2026-06-17T09:00", None),
        ("2026-06-18T09:00", None),
    ];
    for (now, at) in rows {
        let told = place.reminder(parse_minute(now).unwrap());
        assert_eq!(told, at.map(|at| parse_minute(at).unwrap()), "{now}");
    }
}

proptest::proptest! {
    /// What is stored is what was read: an import that follows sees no change.
    #[test]
    fn a_table_that_was_written_reads_the_same(
        days in proptest::collection::btree_set((1_i8..=12, 1_i8..=28), 1..6),
        phones in proptest::collection::vec("0[0-9]{2}-[0-9]{8}", 1..4),
        address in "[a-z区=][a-z,\"区路；;=\n]{0,12}x",
        morning in proptest::option::of((6_i8..9, 0_i8..60)),
        at in proptest::option::of((-90.0..90.0_f64, -180.0..180.0_f64)),
    ) {
        let half = |(hour, minute)| (jiff::civil::time(hour, minute, 0, 0), jiff::civil::time(11, 30, 0, 0));
        let afternoon = (jiff::civil::time(14, 30, 0, 0), jiff::civil::time(17, 30, 0, 0));
        let place = Place {
            city: "广州市".into(),
            district: "天河区".into(),
            days: days.into_iter().map(|(month, day)| jiff::civil::date(2026, month, day)).collect(),
            address,
            phones,
            hours: Hours { morning: morning.map(half), afternoon: Some(afternoon) },
            position: at.and_then(|(latitude, longitude)| Position::new(latitude, longitude)),
        };
        let schedule = Schedule { places: vec![place] };
        let read = read_csv(&write_csv(&schedule), 2026).unwrap();
        proptest::prop_assert_eq!(&read, &schedule);
    }
}
