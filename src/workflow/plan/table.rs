//! Reading plans from a table: a row for each course, what the plan has once in its first row.
//!
//! `courses.part` tells where a course belongs; electives and additional courses name their block or group besides. A
//! block's rule stands in the `rules.` columns of any row of the plan: `101;102+103+104` is "101, or all of 102 to
//! 104". `additional_groups` names groups of which no course may be known. What comes out is the JSON form, read like
//! it.

use serde_json::{Map, Value, json};

use super::{
    Plan,
    import::{LEVELS, MODES, read_plan, twice},
};
use crate::workflow::{
    mistake::{Mistake, is_enough},
    record::{self, Column, Field, Record, Shape, needed, optional},
    rows::Row,
};

const PARTS: Shape = Shape::OneOf(&["required", "elective", "additional", "hk_macao_taiwan"]);

const FIELDS: &[Field] = &[
    needed("id", Shape::Text)
        .about("这份计划的编号，自己定，不重复；每一行都要写", ["样例-080901", "样例-080901"]),
    needed("code", Shape::Text).about("专业代码，6 位数字，后面可以有 K、T", ["080901", ""]),
    needed("name", Shape::Text).about("专业名称", ["样例专业", ""]),
    needed("level", LEVELS).about("层次", ["本科", ""]),
    needed("building_school", Shape::Text).about("专业建设主考学校", ["样例大学", ""]),
    needed("course_group", Shape::Text).about("专业课程组", ["01", ""]),
    optional("min_credits", Shape::Count).about("毕业至少多少学分；计划没有写就不填", ["8", ""]),
    optional("may_drop", Shape::Texts).about("港澳台考生可以一起不考的必考课程序号", ["", ""]),
    optional("additional_groups", Shape::Texts).about("课程还不知道的加考组的名字", ["", ""]),
    needed("courses[].part", PARTS).about(
        "必考 required、选考 elective、加考 additional、港澳台另考 hk_macao_taiwan。每门一行",
        ["required", "elective"],
    ),
    optional("courses[].group", Shape::Text).about("选考、加考的课程属于哪一组", ["", "A"]),
    needed("courses[].seq", Shape::Text)
        .about("课程在计划里的序号；同一门的笔试和实践同一个序号", ["001", "101"]),
    needed("courses[].code", Shape::Text).about("课程代码，5 位数字", ["15040", "00023"]),
    needed("courses[].name", Shape::Text).about("课程名称", ["样例课程一", "样例课程二"]),
    needed("courses[].credits", Shape::Count).about("学分", ["4", "4"]),
    needed("courses[].mode", MODES)
        .about("笔试 written、实践 practical、论文 thesis", ["written", "written"]),
    optional("courses[].counts_credits", Shape::Flag).about("学分算不算；不写就算", ["是", "是"]),
    needed("rules[].group", Shape::Text).about("选考的规则：哪一组", ["A", ""]),
    optional("rules[].one_of", Shape::Text)
        .about("选考的规则：101;102+103 是“101，或者 102 和 103 全部”", ["", ""]),
    optional("rules[].from", Shape::Texts)
        .about("选考的规则：从哪些序号里选；和下面两列之一一起写", ["101", ""]),
    optional("rules[].min_credits", Shape::Count).about("选考的规则：至少多少学分", ["4", ""]),
    optional("rules[].min_count", Shape::Count).about("选考的规则：至少几门", ["", ""]),
    needed("notes[].text", Shape::Text).about("计划的说明，给人看。每条一行", ["这是样例，请删掉", ""]),
];

/// The columns of the table, in the order of the template.
pub fn columns() -> Vec<Column> {
    record::columns(FIELDS)
}

/// Reads the rows of a table. All mistakes, or all plans.
pub fn read_plan_rows(rows: impl Iterator<Item = Row>) -> Result<Vec<Plan>, Vec<Mistake>> {
    let records = record::read_rows(rows, FIELDS)?;
    let mut plans = Vec::new();
    let mut mistakes = Vec::new();
    for record in &records {
        if is_enough(&mistakes) {
            break;
        }
        match read(record) {
            Ok(plan) => plans.push(plan),
            Err(found) => mistakes.extend(found),
        }
    }
    if mistakes.is_empty() {
        mistakes.extend(twice(&plans).into_iter().map(|(at, mistake)| records[at].place(mistake)));
    }
    if mistakes.is_empty() { Ok(plans) } else { Err(mistakes) }
}

fn read(record: &Record) -> Result<Plan, Vec<Mistake>> {
    let flat = Flat(&record.value);
    let placed = |found: Vec<Mistake>| found.into_iter().map(|mistake| record.place(mistake)).collect();
    let mut mistakes = record::check(flat.0, FIELDS);
    mistakes.extend(flat.check_groups());
    if !mistakes.is_empty() {
        return Err(placed(mistakes));
    }
    let found = read_plan(flat.unfold());
    found.map_err(|found| placed(found.into_iter().map(|mistake| flat.in_columns(mistake)).collect()))
}

/// A plan as its rows have it.
#[derive(Clone, Copy)]
struct Flat<'a>(&'a Value);

impl<'a> Flat<'a> {
    fn list(self, name: &str) -> &'a [Value] {
        self.0[name].as_array().map_or(&[], Vec::as_slice)
    }

    /// The elective blocks, in the order of their rules.
    fn blocks(self) -> impl Iterator<Item = &'a str> {
        self.list("rules").iter().map(|rule| text(rule, "group"))
    }

    /// Every block has its rule and its courses, once; whatever belongs to a group names it.
    fn check_groups(self) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        for (at, course) in self.list("courses").iter().enumerate() {
            let (part, group) = (text(course, "part"), text(course, "group"));
            let field = || format!("courses[{at}].group");
            if matches!(part, "elective" | "additional") && group.is_empty() {
                mistakes.push(Mistake::new(field(), "没有填", "选考和加考的课程要写属于哪一组"));
            } else if part == "elective" && !self.blocks().any(|block| block == group) {
                let what = format!("选考组 {group} 没有规则");
                mistakes.push(Mistake::new(field(), what, "请在 rules.group 里写上它，并写怎样才算选够"));
            }
        }
        for (at, block) in self.blocks().enumerate() {
            if self.blocks().take(at).any(|other| other == block) {
                let what = format!("选考组 {block} 有两条规则");
                mistakes.push(Mistake::new(format!("rules[{at}].group"), what, "请只留一条"));
            }
        }
        mistakes
    }

    /// The courses of a part, or of one of its groups.
    fn courses(self, part: &str, group: Option<&str>) -> Value {
        let own = self.list("courses").iter().filter(|course| {
            text(course, "part") == part && group.is_none_or(|group| text(course, "group") == group)
        });
        own.map(|course| without(course, &["part", "group"])).collect()
    }

    /// The plan as JSON has it.
    fn unfold(self) -> Value {
        let mut plan = without(self.0, &["courses", "rules", "notes", "may_drop", "additional_groups"]);
        plan["required"] = self.courses("required", None);
        let electives = self.list("rules").iter().map(|rule| {
            json!({ "courses": self.courses("elective", Some(text(rule, "group"))), "rule": unfold_rule(rule) })
        });
        plan["electives"] = electives.collect();
        let named = self.list("additional_groups").iter().filter_map(Value::as_str);
        let used = self.list("courses").iter().filter(|course| text(course, "part") == "additional");
        let groups = named.chain(used.map(|course| text(course, "group")));
        let additional: Map<String, Value> =
            groups.map(|group| (group.to_owned(), self.courses("additional", Some(group)))).collect();
        plan["additional"] = Value::Object(additional);
        let instead = self.courses("hk_macao_taiwan", None);
        if !self.list("may_drop").is_empty() || instead != json!([]) {
            plan["hk_macao_taiwan"] = json!({ "may_drop": self.list("may_drop"), "courses": instead });
        }
        plan["notes"] = self.list("notes").iter().map(|note| note["text"].clone()).collect();
        plan
    }

    /// A mistake of the JSON form, by the columns that it came from.
    fn in_columns(self, mistake: Mistake) -> Mistake {
        let entry = |list: &str, is_it: &dyn Fn(&Value) -> bool| self.list(list).iter().position(is_it);
        let field = mistake.field.as_str();
        let column = if let Some(seq) = field.strip_prefix("courses ") {
            entry("courses", &|course| text(course, "seq") == seq).map(|at| format!("courses[{at}].code"))
        } else if let Some(rest) = field.strip_prefix("electives[") {
            rest.split(']').next().map(|at| format!("rules[{at}].group"))
        } else {
            field.strip_prefix("hk_macao_taiwan.").map(str::to_owned)
        };
        match column {
            Some(field) => Mistake { field, ..mistake },
            None => mistake,
        }
    }
}

fn text<'a>(entry: &'a Value, name: &str) -> &'a str {
    entry[name].as_str().unwrap_or_default()
}

fn without(object: &Value, names: &[&str]) -> Value {
    let own = object.as_object().into_iter().flatten();
    let own = own.filter(|(name, _)| !names.contains(&name.as_str()));
    Value::Object(own.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// `101;102+103+104` as groups; the rest of a rule is written alike in both forms.
fn unfold_rule(rule: &Value) -> Value {
    let mut unfolded = without(rule, &["group"]);
    if let Some(one_of) = rule["one_of"].as_str() {
        let names = |group: &str| -> Value { group.split('+').map(str::trim).collect() };
        unfolded["one_of"] = one_of.split([';', '；']).map(names).collect();
    }
    unfolded
}
