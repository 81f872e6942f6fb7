//! The registry's candidate record (考籍), as `domain/upstream.md` describes it.
//!
//! Fields that the registry adds are ignored, fields that may be missing have their empty value: another system's
//! record is never refused for having more. `check` is for imports, where a person can still correct the file;
//! a record that comes over HTTP is used as it is. Reading files is in `import`. 思想品德 is appraised on paper and not
//! read (domain.md §2.2 no. 8).

mod import;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::mistake::{ENOUGH, Mistake, is_enough, read_text};
use super::plan::{Kind, PlanKey, is_course_code, is_major_code};
use crate::validation::document_type::{Track, same_number};
use crate::validation::profile::{self, Disagreement, Gender};
use crate::validation::{DocumentType, rule};
pub use import::{columns, read_candidate_rows, read_candidates};

/// One candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// 准考证号, twelve digits; the key.
    pub exam_no: String,
    /// As the document shows it.
    pub name: String,
    /// 男 or 女.
    pub gender: Gender,
    /// Date of birth.
    pub birth: Date,
    /// Decides the track.
    pub document_type: DocumentType,
    /// Of that type.
    pub document_no: String,
    /// E.164 or a mainland mobile; the default contact (procedure.md AMB-8).
    #[serde(default)]
    pub phone: Option<String>,
    /// 社会考生 or 公开（开放）学院考生.
    #[serde(default)]
    pub candidate_type: String,
    /// The major to graduate in.
    pub major: Major,
    /// Who may drop 001 and 002 against 231.
    #[serde(default)]
    pub region: Region,
    /// Every result, passed or not.
    #[serde(default)]
    pub results: Vec<CourseResult>,
    /// 课程顶替 that the record allows.
    #[serde(default)]
    pub substitutions: Vec<Substitution>,
    /// 免考 granted.
    #[serde(default)]
    pub exemptions: Vec<Exemption>,
    /// 加考: [`DIRECT`], or the plan's group that applies.
    #[serde(default = "direct")]
    pub additional_group: String,
    /// 前置学历, for 本科 plans.
    #[serde(default)]
    pub prior_credential: Option<PriorCredential>,
    /// Last day of a violation's postponement.
    #[serde(default)]
    pub violation_until: Option<Date>,
    /// Diplomas already issued.
    #[serde(default)]
    pub issued: Vec<Issued>,
    /// Facts that only this batch needs.
    #[serde(default)]
    pub batch_extra: BatchExtra,
}

/// What is said of a code that [`is_major_code`] refuses.
const NO_MAJOR: &str = "不是专业代码（6 位数字，后面可以有 K、T）";

/// `additional_group` of a candidate who takes no additional courses.
pub const DIRECT: &str = "direct";

/// The major, and the schools behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Major {
    /// Six digits, perhaps K or T behind them.
    pub code: String,
    /// 专业建设主考学校.
    pub building_school: String,
    /// 承办主考学校: whose practical and thesis results count. Empty means the building school.
    #[serde(default)]
    pub running_school: String,
    /// 专业课程组.
    pub course_group: String,
}

/// Where the candidate is from, for the courses that may be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// The mainland.
    #[default]
    Mainland,
    /// Hong Kong, Macao or Taiwan.
    HkMoTw,
    /// Another country.
    Foreign,
}

/// One result of one examination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CourseResult {
    /// Five digits.
    pub course: String,
    /// 0–100; 60 passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Instead of a score: 合格 and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// When it was earned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Written, practical or thesis.
    pub kind: Kind,
    /// Of a practical or thesis: the major that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub major: Option<String>,
    /// Of a practical or thesis: the school that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<String>,
}

/// A plan course that counts as passed when all of `by` are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Substitution {
    /// The plan's course.
    pub plan_course: String,
    /// The older courses that replace it together.
    pub by: Vec<String>,
    /// Applies unless the candidate chooses otherwise.
    #[serde(default)]
    pub default: bool,
}

/// A course that counts as passed by a certificate, with the plan's credits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exemption {
    /// The plan's course.
    pub course: String,
    /// What it was granted for.
    #[serde(default)]
    pub certificate: String,
    /// When it was granted.
    #[serde(default)]
    pub date: Option<Date>,
}

/// 前置学历.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorCredential {
    /// 专科 or above.
    pub level: String,
    /// 「省复审属实」 once the province office has verified it, 「未查验」 before.
    pub status: String,
}

/// A diploma that was handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// Its major.
    pub major_code: String,
    /// When.
    pub date: Date,
}

/// Facts that only this batch needs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BatchExtra {
    /// An open-college candidate prints three forms instead of two (domain.md §1).
    #[serde(default)]
    pub open_college: bool,
}

impl Candidate {
    /// The plan of this candidate.
    pub fn plan_key(&self) -> PlanKey {
        PlanKey {
            code: self.major.code.clone(),
            building_school: self.major.building_school.clone(),
            course_group: self.major.course_group.clone(),
        }
    }

    /// The procedure that applies.
    pub fn track(&self) -> Track {
        self.document_type.track()
    }

    /// Whether they are from Hong Kong, Macao or Taiwan, by the record or by the document.
    pub fn is_of_hk_mo_tw(&self) -> bool {
        self.region == Region::HkMoTw || self.document_type.is_of_hk_mo_tw()
    }

    /// Whether a number that the person typed is the recorded one (domain.md §5.4).
    pub fn has_document(&self, given: &str) -> bool {
        same_number(self.document_type, given, &self.document_no)
    }

    /// What gender and birth in the number contradict of the record (domain.md §5.3): then 信息有误.
    pub fn disagreement(&self) -> Option<Disagreement> {
        profile::read(self.document_type, &self.document_no).disagreement(self.gender, self.birth)
    }

    /// How many 毕业生登记表 to print (domain.md §1).
    pub fn form_count(&self) -> u8 {
        if self.batch_extra.open_college { 3 } else { 2 }
    }

    /// Everything wrong with the record; empty when it can be imported. `today` bounds births.
    pub fn check(&self, today: Date) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        let texts = [
            ("exam_no", "exam_no", Some(&self.exam_no)),
            ("name", "name", Some(&self.name)),
            ("document_no", self.document_type.rule_name(), Some(&self.document_no)),
            ("phone", "phone_any", self.phone.as_ref()),
        ];
        for (field, name, text) in texts {
            let rule = rule(name).expect("the table has a rule for every field and document type");
            mistakes.extend(text.and_then(|text| read_text(field, rule, text, today).err()));
        }
        self.check_major(&mut mistakes);
        self.check_courses(&mut mistakes);
        if self.birth > today {
            mistakes.push(Mistake::new("birth", "还没有到", "请照证件改正"));
        }
        if self.additional_group.trim().is_empty() {
            mistakes.push(Mistake::new(
                "additional_group",
                "没有填",
                "不用加考的写 direct，其他写专业计划里的组名",
            ));
        }
        mistakes
    }

    fn check_major(&self, mistakes: &mut Vec<Mistake>) {
        let named = |text: &str| !text.trim().is_empty();
        let fields = [
            ("major.code", is_major_code(&self.major.code), NO_MAJOR),
            ("major.building_school", named(&self.major.building_school), "没有填"),
            ("major.course_group", named(&self.major.course_group), "没有填"),
        ];
        let wrong = fields.into_iter().filter(|(_, holds, _)| !holds);
        mistakes.extend(wrong.map(|(field, _, what)| Mistake::new(field, what, "请写成和专业计划里一样")));
        let issued = self.issued.iter().enumerate().filter(|(_, issued)| !is_major_code(&issued.major_code));
        mistakes.extend(issued.map(|(at, _)| {
            Mistake::new(format!("issued[{at}].major_code"), NO_MAJOR, "请照毕业证上的专业代码写")
        }));
    }

    fn check_courses(&self, mistakes: &mut Vec<Mistake>) {
        let results =
            self.results.iter().enumerate().map(|(at, r)| (format!("results[{at}].course"), &r.course));
        let exempt =
            self.exemptions.iter().enumerate().map(|(at, e)| (format!("exemptions[{at}].course"), &e.course));
        let replaced = self.substitutions.iter().enumerate().flat_map(|(at, s)| {
            let by =
                s.by.iter().enumerate().map(move |(k, code)| (format!("substitutions[{at}].by[{k}]"), code));
            by.chain([(format!("substitutions[{at}].plan_course"), &s.plan_course)])
        });
        for (field, code) in
            results.chain(exempt).chain(replaced).filter(|(_, code)| !is_course_code(code)).take(ENOUGH)
        {
            let what = format!("“{code}”不是课程代码");
            mistakes.push(Mistake::new(field, what, "请写 5 位数字，前面的 0 不能少，表格里设成“文本”"));
        }
        for (at, _) in self.substitutions.iter().enumerate().filter(|(_, s)| s.by.is_empty()) {
            let field = format!("substitutions[{at}].by");
            mistakes.push(Mistake::new(field, "没有填", "请写用来顶替的课程代码"));
        }
        for (at, result) in self.results.iter().enumerate() {
            if is_enough(mistakes) {
                break;
            }
            mistakes.extend(
                result.mistake().map(|(field, what, remedy)| {
                    Mistake::new(format!("results[{at}].{field}"), what, remedy)
                }),
            );
        }
    }
}

impl CourseResult {
    /// Grades that pass, as schools write them for practical courses and theses.
    const PASSING: [&str; 5] = ["合格", "及格", "中等", "良好", "优秀"];
    /// Grades that do not.
    const FAILING: [&str; 3] = ["不合格", "不及格", "缺考"];

    /// Whether this result passes: 60 of 100, or a passing grade (domain.md §2.2).
    pub fn passes(&self) -> bool {
        let graded = || self.grade.as_deref().is_some_and(|grade| Self::PASSING.contains(&grade.trim()));
        self.score.map_or_else(graded, |score| score >= 60.0)
    }

    fn mistake(&self) -> Option<(&'static str, String, &'static str)> {
        match (self.score, self.grade.as_deref().map(str::trim)) {
            (None, None) => Some(("score", "没有填".into(), "请填 score 或 grade")),
            (Some(_), Some(_)) => Some(("grade", "和 score 同时填了".into(), "两个只留一个")),
            (Some(score), None) if !(0.0..=100.0).contains(&score) => {
                Some(("score", format!("“{score}”不在 0 到 100 之间"), "请改正"))
            }
            (None, Some(grade)) if !Self::PASSING.contains(&grade) && !Self::FAILING.contains(&grade) => {
                Some(("grade", format!("不认识“{grade}”"), "请写 合格 或 不合格"))
            }
            _ if self.kind != Kind::Written && self.major.is_none() => {
                Some(("major", "没有填".into(), "实践课和论文要写是哪个专业的成绩"))
            }
            _ if self.kind != Kind::Written && self.school.is_none() => {
                Some(("school", "没有填".into(), "实践课和论文要写是哪所主考学校的成绩"))
            }
            _ => None,
        }
    }
}

impl Major {
    /// The school whose practical and thesis results count (domain.md §2.2 no. 4): 承办主考学校.
    pub fn host_school(&self) -> &str {
        if self.running_school.is_empty() { &self.building_school } else { &self.running_school }
    }
}

impl Region {
    /// Whether 001 and 002 may be dropped against 231: candidates from Hong Kong, Macao and Taiwan (domain.md §2.3).
    pub const fn may_drop_politics(self) -> bool {
        matches!(self, Self::HkMoTw)
    }
}

impl PriorCredential {
    /// Whether the province office has verified it.
    pub fn is_verified(&self) -> bool {
        self.status == "省复审属实"
    }
}

fn direct() -> String {
    DIRECT.to_owned()
}

#[cfg(test)]
mod tests;
