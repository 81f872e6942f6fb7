//! Lists that leave the house.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use graduation_bot::office::{Role, keys::Scope};
use reqwest::Method;

use super::{bot, client::Client, hand_in};

const PATH: &str = "/api/v1/exports/cases";

/// The rows of the exported cases: number, exam number, city and stage.
async fn exported(client: &Client, query: &str) -> Vec<[String; 4]> {
    let answer = client.request(Method::GET, &format!("{PATH}?{query}")).send().await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let told = (answer.status().as_u16(), header("content-type"), header("content-disposition"));
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned();
    assert_eq!(told, (200, kind, "attachment; filename=\"cases-2026-06-2026-06-15.xlsx\"".to_owned()));
    let mut book: Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(answer.bytes().await.unwrap())).unwrap();
    let range = book.worksheet_range("申请").unwrap();
    let text = |cell: &Data| cell.to_string();
    range.rows().skip(1).map(|row| [0, 2, 9, 11].map(|column| text(&row[column]))).collect()
}

#[tokio::test]
async fn an_export_is_of_the_places_that_a_key_sees_and_whole() {
    let app = bot().await;
    hand_in(&app, 0, "10000001", "广州市", "天河区").await;
    hand_in(&app, 1, "10000002", "深圳市", "福田区").await;
    let province = Client::of(&app, "省系统", "province").await;
    let city = Client::with(&app, "广州系统", &Role::City("广州市".into()), &[Scope::CasesExport]).await;
    let row = |number: &str, exam_no: &str, city: &str| {
        [number, exam_no, city, "市考办审核证件"].map(str::to_owned)
    };
    let guangzhou = row("1000-0001", "010126000001", "广州市");
    let shenzhen = row("1000-0002", "010112345678", "深圳市");
    let rows: [(&Client, &str, Vec<[String; 4]>); 7] = [
        (&province, "", vec![guangzhou.clone(), shenzhen.clone()]),
        (&province, "batch=2026-06&city=深圳市", vec![shenzhen.clone()]),
        (&province, "district=天河区", vec![guangzhou.clone()]),
        (&province, "stage=ready&stage=documents_at_city", vec![guangzhou.clone(), shenzhen]),
        (&province, "stage=ready", vec![]),
        (&city, "", vec![guangzhou.clone()]),
        (&city, "city=广州市", vec![guangzhou]),
    ];
    for (client, query, expected) in rows {
        assert_eq!(exported(client, query).await, expected, "{query}");
    }
    let denied = city.get(&format!("{PATH}?city=深圳市")).await;
    assert_eq!(denied.problem(), "forbidden");
    assert!(denied.body["detail"].as_str().unwrap().contains("自己市"), "{denied:?}");
    assert_eq!(province.get(&format!("{PATH}?batch=2099-06")).await.problem(), "not-found");
    assert_eq!(province.get(&format!("{PATH}?stage=nowhere")).await.problem(), "invalid");
    let reader = [Scope::CasesRead, Scope::CasesWhole];
    let reader = Client::with(&app, "看申请", &Role::Province, &reader).await;
    assert_eq!(reader.get(PATH).await.problem(), "forbidden", "one by one is another matter");
    let audit = app.app.store.list_audit_by("staff:key:广州系统", 9).await.unwrap();
    let lines: Vec<_> = audit.iter().map(|row| (row.audit.act.as_str(), row.audit.detail.as_str())).collect();
    assert_eq!(lines, [("export", "1 of 2026-06 广州市/*, all stages"); 2]);
}
