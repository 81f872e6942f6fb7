//! Graduation plans (专业计划): which courses a major asks for (domain.md §2.3).
//!
//! A plan is identified by major code, building school and course group; the code alone names several plans. The
//! numbers of a course's place tell its part: 001.. required, 101.. elective, 201.. additional, 231 for candidates
//! from Hong Kong, Macao or Taiwan who drop the two political courses. Courses under one number are the written and
//! the practical half of one subject and must both be passed. No minimum of credits is assumed: some real plans
//! total 64. Reading the two shapes that JSON files have is in `import`, tables are read in `table`.

mod import;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::mistake::Mistake;
pub use import::read_plans;
pub use table::{columns, read_plan_rows};

/// One plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// A readable id of the import, unique among plans.
    pub id: String,
    /// Major code: six digits, perhaps K or T behind them.
    pub code: String,
    /// Major name.
    pub name: String,
    /// 专科 or 本科.
    pub level: Level,
    /// 专业建设主考学校.
    pub building_school: String,
    /// 专业课程组.
    pub course_group: String,
    /// 必考, each to be passed.
    pub required: Vec<Course>,
    /// 选考, each block with its rule.
    #[serde(default)]
    pub electives: Vec<Elective>,
    /// 加考 by group; a candidate who is not `direct` takes every course of one group.
    #[serde(default)]
    pub additional: BTreeMap<String, Vec<Course>>,
    /// What candidates from Hong Kong, Macao and Taiwan may take instead.
    #[serde(default)]
    pub hk_macao_taiwan: Option<Replacement>,
    /// Least total of credits, if the plan states one.
    #[serde(default)]
    pub min_credits: Option<u32>,
    /// The plan's 说明, for people: conditions that only an office can judge.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// What tells one plan from another (domain.md §2.3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PlanKey {
    /// Major code.
    pub code: String,
    /// 专业建设主考学校.
    pub building_school: String,
    /// 专业课程组.
    pub course_group: String,
}

/// 专科 or 本科; only 本科 asks for 加考 and 前置学历 (domain.md §2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// 专科.
    #[serde(rename = "专科")]
    Associate,
    /// 本科.
    #[serde(rename = "本科")]
    Bachelor,
}

/// How a course is examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 笔试.
    Written,
    /// 实践考核.
    Practical,
    /// 毕业论文: no credits, but must be passed.
    Thesis,
}

/// One course of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// Its number in the plan; the halves of one subject share it.
    pub seq: String,
    /// Five digits.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its credits in this plan, which are those counted for substitutes too (domain.md §2.3).
    pub credits: u32,
    /// How it is examined.
    #[serde(rename = "mode")]
    pub kind: Kind,
    /// Whether the credits count; a thesis has none.
    #[serde(default = "yes")]
    pub counts_credits: bool,
}

/// A block of electives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elective {
    /// The courses to choose from.
    pub courses: Vec<Course>,
    /// How much of them is enough.
    pub rule: ElectiveRule,
}

/// The two shapes of elective rules (domain.md §2.3). Subjects are named by their number in the plan or by the
/// code of one of their courses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "import::WireRule", into = "import::WireRule")]
pub enum ElectiveRule {
    /// Every subject of one of the groups: "101 OR all of 102–104".
    OneOf(Vec<Vec<String>>),
    /// So much of these subjects: "from 101–104 at least N credits", or at least so many.
    From {
        /// The subjects that count.
        from: Vec<String>,
        /// Least credits.
        min_credits: u32,
        /// Least number of subjects.
        min_count: usize,
    },
}

/// Courses that candidates from Hong Kong, Macao and Taiwan may drop, and what they take instead: 001 and 002
/// against 231.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    /// Numbers of the required subjects that may be dropped together.
    pub may_drop: Vec<String>,
    /// What must then be passed.
    pub courses: Vec<Course>,
}

impl Plan {
    /// Its identity.
    pub fn key(&self) -> PlanKey {
        PlanKey {
            code: self.code.clone(),
            building_school: self.building_school.clone(),
            course_group: self.course_group.clone(),
        }
    }

    /// Every course of the plan, in reading order.
    pub fn courses(&self) -> impl Iterator<Item = &Course> {
        let electives = self.electives.iter().flat_map(|block| &block.courses);
        let instead = self.hk_macao_taiwan.iter().flat_map(|replacement| &replacement.courses);
        self.required.iter().chain(electives).chain(self.additional.values().flatten()).chain(instead)
    }

    /// The course of this code.
    pub fn course(&self, code: &str) -> Option<&Course> {
        self.courses().find(|course| course.code == code)
    }

    /// Credits of the required courses.
    pub fn required_credits(&self) -> u32 {
        self.required.iter().map(Course::counted_credits).sum()
    }

    /// Everything wrong with it; empty when it can be imported.
    pub fn check(&self) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        let names = [
            ("id", &self.id),
            ("name", &self.name),
            ("building_school", &self.building_school),
            ("course_group", &self.course_group),
        ];
        for (field, _) in names.iter().filter(|(_, text)| text.trim().is_empty()) {
            mistakes.push(Mistake::new(*field, "没有填", "请照公布的专业计划写"));
        }
        if !is_major_code(&self.code) {
            let what = format!("“{}”不是专业代码", self.code);
            mistakes.push(Mistake::new("code", what, "请写 6 位数字，后面可以有 K、T"));
        }
        if self.required.is_empty() {
            mistakes.push(Mistake::new("required", "没有课程", "请写上必考课程"));
        }
        for course in self.courses().filter(|course| !is_course_code(&course.code)) {
            let what = format!("“{}”（{}）不是课程代码", course.code, course.name);
            let remedy = "请写 5 位数字，前面的 0 不能少，表格里设成“文本”";
            mistakes.push(Mistake::new(course_field(course), what, remedy));
        }
        self.check_doubles(&mut mistakes);
        for (at, block) in self.electives.iter().enumerate() {
            mistakes.extend(
                block
                    .mistakes()
                    .map(|(what, remedy)| Mistake::new(format!("electives[{at}].rule"), what, remedy)),
            );
        }
        self.check_replacement(&mut mistakes);
        mistakes
    }

    /// A course may stand in several additional groups, but only once among those that count.
    fn check_doubles(&self, mistakes: &mut Vec<Mistake>) {
        let mut seen = BTreeSet::new();
        let electives = self.electives.iter().flat_map(|block| &block.courses);
        for course in self.required.iter().chain(electives).filter(|course| !seen.insert(&course.code)) {
            let what = format!("课程 {} 出现了两次", course.code);
            mistakes.push(Mistake::new(course_field(course), what, "请只留一次"));
        }
    }

    fn check_replacement(&self, mistakes: &mut Vec<Mistake>) {
        let Some(replacement) = &self.hk_macao_taiwan else { return };
        for seq in replacement.may_drop.iter().filter(|seq| !self.required.iter().any(|c| c.seq == **seq)) {
            let what = format!("必考课程里没有序号 {seq}");
            mistakes.push(Mistake::new("hk_macao_taiwan.may_drop", what, "请写必考课程的序号"));
        }
        if replacement.courses.is_empty() {
            let remedy = "请写上序号 231 的课程";
            mistakes.push(Mistake::new("hk_macao_taiwan.courses", "没有课程", remedy));
        }
    }
}

impl Course {
    /// Its credits, as far as they count.
    pub fn counted_credits(&self) -> u32 {
        if self.counts_credits { self.credits } else { 0 }
    }
}

impl Elective {
    /// The subjects of the block: the courses under each number, in order.
    pub fn subjects(&self) -> Vec<Vec<&Course>> {
        let mut subjects: Vec<Vec<&Course>> = Vec::new();
        for course in &self.courses {
            match subjects.iter_mut().find(|subject| subject[0].seq == course.seq) {
                Some(subject) => subject.push(course),
                None => subjects.push(vec![course]),
            }
        }
        subjects
    }

    /// The subject that a rule names by number or by course code.
    pub fn subject(&self, name: &str) -> Option<Vec<&Course>> {
        let named =
            |subject: &Vec<&Course>| subject.iter().any(|course| course.seq == name || course.code == name);
        self.subjects().into_iter().find(named)
    }

    fn mistakes(&self) -> impl Iterator<Item = (String, &'static str)> {
        let (names, reachable) = match &self.rule {
            ElectiveRule::OneOf(groups) => {
                (groups.concat(), !groups.is_empty() && groups.iter().all(|g| !g.is_empty()))
            }
            ElectiveRule::From { from, min_credits, min_count } => {
                let credits =
                    from.iter().filter_map(|name| self.subject(name)).map(|s| credits_of(&s)).sum::<u32>();
                (from.clone(), *min_credits <= credits && *min_count <= from.len())
            }
        };
        let unknown = names.into_iter().filter(|name| self.subject(name).is_none());
        let unknown: Vec<_> =
            unknown.map(|name| (format!("这一组里没有课程 {name}"), "请写这一组里的序号")).collect();
        let unreachable =
            (!reachable).then(|| ("谁也达不到这个要求".to_owned(), "请核对分组，或学分、门数的下限"));
        unknown.into_iter().chain(unreachable)
    }
}

/// How a mistake names a course: by its number in the plan.
fn course_field(course: &Course) -> String {
    format!("courses {}", course.seq)
}

/// Credits of one subject, both halves.
pub fn credits_of(subject: &[&Course]) -> u32 {
    subject.iter().map(|course| course.counted_credits()).sum()
}

/// `^[A-Z]?\d{6}[KT]{0,2}$`: six digits, perhaps K, T or TK behind, older ones with a letter before (domain.md §2.5).
pub fn is_major_code(code: &str) -> bool {
    let digits = code.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let digits = ["TK", "K", "T"].iter().find_map(|end| digits.strip_suffix(end)).unwrap_or(digits);
    let prefix = code.len() - code.trim_start_matches(|c: char| c.is_ascii_uppercase()).len();
    prefix <= 1 && digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Five digits, as text (domain.md §2.5).
pub fn is_course_code(code: &str) -> bool {
    code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit())
}

const fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests;
