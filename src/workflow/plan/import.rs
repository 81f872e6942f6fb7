//! Reading plans from JSON: a list in our own shape, or the survey shape `{"majors": [...]}` in which one entry
//! stands for every host school and rules are written `any_of`/`all_of`.
//!
//! What a survey entry leaves open is not invented: a group whose courses are unknown stays empty, and nobody passes
//! it by prediction; remarks become notes for people.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Course, Elective, ElectiveRule, Level, Plan, Replacement};
use crate::workflow::{
    mistake::{Mistake, Spot, not_json, read_list},
    record::{self, Field, Shape, needed, optional},
};

/// Course group of a survey entry, which names none.
const ONLY_GROUP: &str = "01";

/// Reads a file of `import plans`. All mistakes, or all plans.
pub fn read_plans(text: &str) -> Result<Vec<Plan>, Vec<Mistake>> {
    let file: Value = serde_json::from_str(text).map_err(|error| not_json(&error))?;
    let plans = match file {
        Value::Array(items) => read_list(items, |item| read_plan(item).map(|plan| vec![plan])),
        Value::Object(mut object) => match object.remove("majors") {
            Some(Value::Array(items)) => read_list(items, |item| checked(read::<Survey>(item)?.into_plans())),
            _ => Err(vec![Mistake::new("majors", "没有填", "请写专业计划的列表，或有 majors 的对象")]),
        },
        _ => Err(vec![Mistake::new("", "既不是列表也不是对象", "请写专业计划的列表")]),
    }?;
    let mistakes: Vec<Mistake> =
        twice(&plans).into_iter().map(|(at, mistake)| mistake.at(Spot::Item(at + 1))).collect();
    if mistakes.is_empty() { Ok(plans) } else { Err(mistakes) }
}

/// Plans that an earlier one of the file already is, by their place in it.
pub(super) fn twice(plans: &[Plan]) -> Vec<(usize, Mistake)> {
    let mut mistakes = Vec::new();
    for (at, plan) in plans.iter().enumerate() {
        if plans[..at].iter().any(|other| other.key() == plan.key() || other.id == plan.id) {
            let what = format!("{} 在文件里出现了两次", plan.id);
            mistakes.push((at, Mistake::new("id", what, "同一个代码、主考学校和课程组只留一份")));
        }
    }
    mistakes
}

pub(super) const LEVELS: Shape = Shape::OneOf(&["专科", "本科"]);
pub(super) const MODES: Shape = Shape::OneOf(&["written", "practical", "thesis"]);

const FIELDS: &[Field] = &[
    needed("id", Shape::Text),
    needed("code", Shape::Text),
    needed("name", Shape::Text),
    needed("level", LEVELS),
    needed("building_school", Shape::Text),
    needed("course_group", Shape::Text),
    optional("min_credits", Shape::Count),
    optional("notes", Shape::Texts),
    optional("hk_macao_taiwan?.may_drop", Shape::Texts),
];

const COURSE: &[Field] = &[
    needed("seq", Shape::Text),
    needed("code", Shape::Text),
    needed("name", Shape::Text),
    needed("credits", Shape::Count),
    needed("mode", MODES),
    optional("counts_credits", Shape::Flag),
];

/// Where a plan has courses.
const COURSES: [&str; 4] =
    ["required[]", "electives[].courses[]", "additional{}", "hk_macao_taiwan?.courses[]"];

/// A plan as JSON has it. All mistakes, or the plan.
pub(super) fn read_plan(item: Value) -> Result<Plan, Vec<Mistake>> {
    let mut mistakes = record::check(&item, FIELDS);
    if mistakes.is_empty() {
        mistakes = COURSES.iter().flat_map(|path| record::check_below(&item, path, COURSE)).collect();
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let plan: Plan = read(item)?;
    let mistakes = plan.check();
    if mistakes.is_empty() { Ok(plan) } else { Err(mistakes) }
}

/// What a plan holds is public, so that the parser's own words may be shown.
fn read<T: for<'de> Deserialize<'de>>(item: Value) -> Result<T, Vec<Mistake>> {
    serde_json::from_value(item).map_err(|error| {
        vec![Mistake::new("", format!("读不出来（{error}）"), "请照 examples/data/plans.json 核对每个字段")]
    })
}

fn checked(plans: Vec<Plan>) -> Result<Vec<Plan>, Vec<Mistake>> {
    let mistakes: Vec<Mistake> = plans.iter().flat_map(Plan::check).collect();
    if mistakes.is_empty() { Ok(plans) } else { Err(mistakes) }
}

/// An elective rule as written: exactly one of `one_of` (also `any_of`) and `from`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireRule {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    one_of: Option<Vec<Vec<String>>>,
    #[serde(default, skip_serializing)]
    any_of: Option<Vec<AllOf>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min_credits: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min_count: Option<usize>,
}

#[derive(Debug, Deserialize)]
struct AllOf {
    all_of: Vec<String>,
}

impl TryFrom<WireRule> for ElectiveRule {
    type Error = String;

    fn try_from(rule: WireRule) -> Result<Self, String> {
        let groups =
            rule.one_of.or_else(|| Some(rule.any_of?.into_iter().map(|group| group.all_of).collect()));
        match (groups, rule.from, rule.min_credits, rule.min_count) {
            (Some(groups), None, None, None) => Ok(Self::OneOf(groups)),
            (None, Some(_), None, None) => Err("rule.from 要和 min_credits 或 min_count 一起写".into()),
            (None, Some(from), credits, count) => Ok(Self::From {
                from,
                min_credits: credits.unwrap_or_default(),
                min_count: count.unwrap_or_default(),
            }),
            _ => Err("rule 要么写 one_of，要么写 from 和 min_credits".into()),
        }
    }
}

impl From<ElectiveRule> for WireRule {
    fn from(rule: ElectiveRule) -> Self {
        let empty = Self { one_of: None, any_of: None, from: None, min_credits: None, min_count: None };
        match rule {
            ElectiveRule::OneOf(groups) => Self { one_of: Some(groups), ..empty },
            ElectiveRule::From { from, min_credits, min_count } => Self {
                from: Some(from),
                min_credits: Some(min_credits),
                min_count: Some(min_count).filter(|count| *count > 0),
                ..empty
            },
        }
    }
}

/// A plan as surveys of public pages write it.
#[derive(Debug, Deserialize)]
struct Survey {
    id: String,
    code: String,
    name: String,
    level: Level,
    host_schools: Vec<String>,
    #[serde(default)]
    stated_total_credits: Option<u32>,
    required: Vec<Course>,
    #[serde(default)]
    electives: Option<Elective>,
    #[serde(default)]
    additional: Option<SurveyAdditional>,
    #[serde(default)]
    hk_macao_taiwan: Option<SurveyReplacement>,
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    exemptions: Vec<SurveyExemption>,
}

#[derive(Debug, Deserialize)]
struct SurveyAdditional {
    applies_to: String,
    #[serde(default)]
    courses: Vec<Course>,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
struct SurveyReplacement {
    may_drop: Vec<String>,
    must_add: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct SurveyExemption {
    course: String,
    by: String,
}

impl Survey {
    /// One plan for each host school.
    fn into_plans(self) -> Vec<Plan> {
        let several = self.host_schools.len() > 1;
        let plan_id = |at: usize| if several { format!("{}-{}", self.id, at + 1) } else { self.id.clone() };
        let schools = self.host_schools.iter().enumerate();
        schools.map(|(at, school)| self.plan(plan_id(at), school)).collect()
    }

    fn plan(&self, id: String, school: &str) -> Plan {
        Plan {
            id,
            code: self.code.clone(),
            name: self.name.clone(),
            level: self.level,
            building_school: school.to_owned(),
            course_group: ONLY_GROUP.to_owned(),
            required: self.required.clone(),
            electives: self.electives.iter().cloned().collect(),
            additional: self.additional_groups(),
            hk_macao_taiwan: self.replacement(),
            min_credits: self.stated_total_credits,
            notes: self.notes(),
        }
    }

    /// The survey describes one group; its courses for 港澳台 candidates belong to a replacement instead.
    fn additional_groups(&self) -> BTreeMap<String, Vec<Course>> {
        let group = self.additional.iter().filter(|group| !group.applies_to.contains("港澳台"));
        group.map(|group| ("other".to_owned(), group.courses.clone())).collect()
    }

    /// Only when both sides are known: what may be dropped, and the course that is taken instead.
    fn replacement(&self) -> Option<Replacement> {
        let described = self.hk_macao_taiwan.as_ref()?;
        let known = self.additional.iter().flat_map(|group| &group.courses);
        let courses: Vec<Course> =
            known.filter(|course| described.must_add.contains(&course.seq)).cloned().collect();
        (!courses.is_empty()).then(|| Replacement { may_drop: described.may_drop.clone(), courses })
    }

    fn notes(&self) -> Vec<String> {
        let exemptions =
            self.exemptions.iter().map(|exemption| format!("{}: {}", exemption.course, exemption.by));
        let remark = self.additional.iter().filter_map(|group| group.note.clone());
        self.rules.iter().cloned().chain(exemptions).chain(remark).collect()
    }
}
