//! What the demo prints: for people, and with `--json` for tools.

use std::{fmt::Write as _, path::Path};

use graduation_bot::time;
use jiff::civil::DateTime;
use mock_platform::Mock;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use crate::{Account, Person, folder::Folder, samples::Login};

/// Everything there is to tell.
pub(crate) struct Page<'a> {
    pub(crate) bot: &'a str,
    pub(crate) mock: &'a Mock,
    pub(crate) account: &'a Account,
    pub(crate) people: &'a [Person],
    pub(crate) passwords: &'a [Login],
}

impl Page<'_> {
    /// One line for tools (design §4).
    pub(crate) fn json(&self) -> Value {
        let people = self.people.iter().map(|person| {
            json!({
                "story": person.story,
                "name": person.name,
                "exam_no": person.exam_no,
                "document_type": person.document_type,
                "document_no": person.document_no,
                "phone": person.phone,
            })
        });
        let staff = self
            .passwords
            .iter()
            .map(|login| json!({ "name": login.name, "password": login.password, "role": login.role }));
        json!({
            "platform": self.mock.url(),
            "bot": self.bot,
            "wechat": {
                "app_id": self.account.app_id,
                "app_secret": self.account.app_secret,
                "token": self.account.token,
                "aes_key": self.account.aes_key(self.mock),
            },
            "candidates": people.collect::<Vec<_>>(),
            "staff": staff.collect::<Vec<_>>(),
        })
    }

    pub(crate) fn text(&self, today: DateTime, data: &Path) -> String {
        let mut text = String::new();
        let review =
            format!("cargo run --release -- --config {} review", Folder::settings_file(data).display());
        let _ = writeln!(text, "\n聊天页面  {}/", self.mock.url());
        let _ = writeln!(text, "机器人    {}/", self.bot);
        let _ = writeln!(text, "考办后台  {}/staff（账号和密码在下面）", self.bot);
        let _ = writeln!(
            text,
            "业务时间  {}（在示例批次之内；聊天页面上可以往后拨）",
            time::write_minute(today).replace('T', " ")
        );
        let _ = writeln!(text, "数据      {}", data.display());
        text.push_str("\n示例考生：在聊天页面上加一个人，发「毕业申请」，按提示输入\n（准考证号、证件号码、登记的手机号后四位）\n");
        text.push_str(&columns(self.people.iter().map(|person| {
            let Person { name, exam_no, document_no, phone, .. } = person;
            let phone = phone.clone().unwrap_or_else(|| "没有登记手机".to_owned());
            [name.clone(), exam_no.clone(), document_no.clone(), phone, story(person)]
        })));
        text.push_str("\n拍照页面要用手机打开；在这台电脑上，请用浏览器的手机模式（F12），或在聊天里点菜单「毕业办理 › 拍毕业照」\n");
        text.push_str(
            "试照片：examples/data/photos/ 里有陈样例的三张证件照片和一张合格的毕业证照片；照片是真的检查的\n",
        );
        text.push_str("\n审核在考办后台；也可以用命令，另开一个终端，在项目文件夹里\n");
        let _ = writeln!(text, "  {review} list");
        let _ = writeln!(text, "  {review} show 申请编号");
        let _ = writeln!(text, "  {review} approve 申请编号 --as 市考办 --round 1");
        let _ = writeln!(text, "  {review} reject 申请编号 --as 市考办 --round 1 --opinion 头发遮挡眉毛");
        text.push_str("  照片和证件一起审核的，不通过要加 --part portrait、documents 或 both\n");
        text.push_str("\n考办人员和密码\n");
        text.push_str(&columns(
            self.passwords.iter().map(|login| [login.name, login.role, &login.password].map(str::to_owned)),
        ));
        text.push_str("\nCtrl-C 结束。\n");
        text
    }
}

/// What happens to whom.
fn story(person: &Person) -> String {
    let told = match person.story.as_str() {
        "id_pass" => "核验通过，一路办到申请",
        "id_mismatch" => "人口库不一致，传 3 张证件照片，市、省两级审核",
        "id_unavailable" => "人口库没有回应，等它恢复（聊天页面的开关）",
        "prediction_fails" => "毕业预测不通过，看原因",
        "substitution" => "课程顶替可以改选",
        "non_id" => "先拍照再传证件，一起由市、省两级审核",
        other if other.starts_with("non_id_") => "同上",
        other => other,
    };
    if person.story.starts_with("non_id") {
        format!("{}：{told}", person.document_type)
    } else {
        told.to_owned()
    }
}

/// Indented columns by display width.
fn columns<const N: usize>(rows: impl Iterator<Item = [String; N]>) -> String {
    let rows: Vec<[String; N]> = rows.collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::from("  ");
        for (at, cell) in row.iter().enumerate() {
            let width = rows.iter().map(|row| row[at].width()).max().unwrap_or(0);
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width() + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
