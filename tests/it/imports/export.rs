//! The list of cases as a workbook: who gets which, and that a spreadsheet takes all of it for text.

use std::io::Read as _;

use calamine::{Data, Reader as _, Xlsx};
use graduation_bot::{
    office::{
        Who,
        export::{ExportError, ExportFilter, cases},
    },
    store::StaffRow,
    workflow::{candidate::Candidate, case::Stage},
};
use std::sync::Arc;

use super::{Office, staff};
use crate::{
    store::{bind, candidate},
    support::db,
};

struct Exported {
    count: u64,
    cases: Vec<Vec<Data>>,
    bytes: Vec<u8>,
}

async fn export(
    office: &Office,
    who: Option<&StaffRow>,
    filter: &ExportFilter,
) -> Result<Exported, ExportError> {
    let scratch = tempfile::tempdir().unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    let desk = office.desk(who.map_or(Who::Operator, Who::Staff));
    let count = cases(desk, filter, file.reopen().unwrap(), scratch.path(), &|_| ()).await?;
    let bytes = std::fs::read(file.path()).unwrap();
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes.clone())).unwrap();
    let sheet = book.worksheet_range("申请").unwrap();
    let rows: Vec<Vec<Data>> = sheet.rows().map(<[Data]>::to_vec).collect();
    assert_eq!(rows.len() as u64, count + 1);
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0, "nothing is left behind");
    Ok(Exported { count, cases: rows, bytes })
}

/// The cells of a row by the titles of their columns.
fn cell<'e>(exported: &'e Exported, row: usize, title: &str) -> &'e Data {
    let at = exported.cases[0].iter().position(|cell| cell == title).unwrap();
    &exported.cases[row][at]
}

fn june() -> ExportFilter {
    ExportFilter { batch: "2026-06".to_owned(), ..ExportFilter::default() }
}

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

#[tokio::test]
async fn an_office_gets_its_own_cases_whole_and_in_the_audit() {
    for db in db::each().await {
        let office = Office::new(&db).await;
        bind(&office.store, "o1", &candidate(0), "c1").await;
        let guangzhou = staff("市考办", "city", "广州市");
        let exported = export(&office, Some(&guangzhou), &june()).await.unwrap();
        assert_eq!(exported.count, 1);
        for (title, expected) in [
            ("准考证号", "010126000001"),
            ("姓名", "林样例"),
            ("证件号码", "44010619920229039X"),
            ("联系电话", "+8613800138001"),
            ("城市", "广州市"),
            ("办理地点", "天河区"),
            ("状态", "可以申请"),
        ] {
            assert_eq!(*cell(&exported, 1, title), text(expected), "{title}");
        }
        let (line, detail) = office.last_line().await;
        assert_eq!(line, "staff:市考办 export cases");
        assert_eq!(detail, "1 of 2026-06 广州市/*, all stages");

        let tianhe = staff("天河", "district", "天河区");
        let shenzhen = staff("深圳", "city", "深圳市");
        assert_eq!(export(&office, Some(&shenzhen), &june()).await.unwrap().count, 0);
        let other = ExportFilter { city: Some("广州市".to_owned()), ..june() };
        assert!(matches!(export(&office, Some(&shenzhen), &other).await, Err(ExportError::Role)));
        for account in [tianhe, staff("公告", "announcer", ""), staff("管理员", "admin", "")] {
            assert!(matches!(export(&office, Some(&account), &june()).await, Err(ExportError::Role)));
        }
        let submitted = ExportFilter { stages: vec![Stage::Submitted], ..june() };
        assert_eq!(export(&office, None, &submitted).await.unwrap().count, 0);
    }
}

#[tokio::test]
async fn no_cell_is_a_number_or_a_formula() {
    for db in db::each().await {
        let office = Office::new(&db).await;
        // A record that came over HTTP is used as it is.
        let candidate =
            Candidate { name: "=HYPERLINK(\"http://x\")".to_owned(), ..Candidate::clone(&candidate(0)) };
        bind(&office.store, "o1", &Arc::new(candidate), "c1").await;
        let exported = export(&office, None, &june()).await.unwrap();
        assert_eq!(*cell(&exported, 1, "姓名"), text("=HYPERLINK(\"http://x\")"));
        assert!(exported.cases[1].iter().all(|cell| matches!(cell, Data::String(_) | Data::Empty)));
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&exported.bytes)).unwrap();
        let mut part = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        assert!(!part("xl/worksheets/sheet1.xml").contains("<f>"));
        assert!(part("xl/styles.xml").contains("quotePrefix=\"1\""));
    }
}

#[tokio::test]
async fn pages_follow_each_other_and_no_case_comes_twice() {
    let db = db::TestDb::sqlite();
    let office = Office::new(&db).await;
    for number in 0..600 {
        let candidate = Candidate { exam_no: format!("0101{number:08}"), ..Candidate::clone(&candidate(0)) };
        bind(&office.store, &format!("o{number}"), &Arc::new(candidate), &format!("c{number:04}")).await;
    }
    let exported = export(&office, None, &june()).await.unwrap();
    let numbers: std::collections::HashSet<String> =
        (1..=600).map(|row| cell(&exported, row, "准考证号").to_string()).collect();
    assert_eq!((exported.count, numbers.len()), (600, 600));
}
