//! How one course of the plan stands: passed by a result, an exemption or a substitution, or why not.
//!
//! A written result counts wherever it was earned. A practical or thesis result counts only for the major and the
//! host school that it belongs to (domain.md §2.2 no. 4). A substitution counts when all its courses do; the default
//! ones apply unless the candidate chose otherwise. One old course may stand for several plan courses: the sources
//! know no rule against it, and the office sees every substitution used.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::unmet::Reason;
use crate::workflow::candidate::{Candidate, CourseResult, Substitution};
use crate::workflow::plan::{Course, Kind, Plan};

/// The candidate's own decisions on 课程顶替 (procedure.md P3-). Where there is none, the record's defaults apply.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubstitutionChoice {
    /// By plan course: the courses to use for it, or none at all.
    chosen: BTreeMap<String, Vec<String>>,
}

/// A substitution as the candidate may see and choose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubstitutionOption {
    /// Code of the plan's course.
    pub plan_course: String,
    /// Its name.
    pub plan_name: String,
    /// Codes of the courses that replace it together.
    pub by: Vec<String>,
    /// Whether it applies without a choice.
    pub default: bool,
}

/// What the record says about a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing<'a> {
    Passed(By<'a>),
    Missing(Reason),
}

/// What a course is passed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By<'a> {
    Result,
    Exemption,
    Substitution(&'a Substitution),
}

/// The record, asked course by course.
#[derive(Debug, Clone, Copy)]
pub(super) struct Transcript<'a> {
    plan: &'a Plan,
    candidate: &'a Candidate,
    choice: &'a SubstitutionChoice,
}

impl SubstitutionChoice {
    /// Uses exactly these courses for the plan's course. Something that the record does not allow counts as none.
    pub fn choose(&mut self, plan_course: &str, by: &[String]) {
        self.chosen.insert(plan_course.to_owned(), by.to_vec());
    }

    /// Uses no substitution for this course.
    pub fn refuse(&mut self, plan_course: &str) {
        self.choose(plan_course, &[]);
    }

    /// Back to the default.
    pub fn forget(&mut self, plan_course: &str) {
        self.chosen.remove(plan_course);
    }

    fn uses(&self, substitution: &Substitution) -> bool {
        match self.chosen.get(&substitution.plan_course) {
            Some(by) => *by == substitution.by,
            None => substitution.default,
        }
    }
}

impl<'a> Transcript<'a> {
    pub(super) fn new(plan: &'a Plan, candidate: &'a Candidate, choice: &'a SubstitutionChoice) -> Self {
        Self { plan, candidate, choice }
    }

    pub(super) fn passes(&self, course: &Course) -> bool {
        matches!(self.standing(course), Standing::Passed(_))
    }

    pub(super) fn standing(&self, course: &Course) -> Standing<'a> {
        if self.is_exempt(&course.code) {
            return Standing::Passed(By::Exemption);
        }
        if self.passed_results(&course.code).any(|result| self.counts(result, course.kind)) {
            return Standing::Passed(By::Result);
        }
        let used = self.substitutions(&course.code).find(|s| self.choice.uses(s) && self.earned(s));
        used.map_or_else(|| Standing::Missing(self.reason(course)), |s| Standing::Passed(By::Substitution(s)))
    }

    pub(super) fn substitutions_used(&self) -> Vec<SubstitutionOption> {
        let used = self.plan.courses().filter_map(|course| match self.standing(course) {
            Standing::Passed(By::Substitution(substitution)) => Some(option(course, substitution)),
            _ => None,
        });
        distinct(used)
    }

    /// Passed in full, not in use, and for a course that nothing else fulfils.
    pub(super) fn substitutions_available(&self) -> Vec<SubstitutionOption> {
        let available = self.plan.courses().flat_map(|course| {
            let standing = self.standing(course);
            let in_use = match standing {
                Standing::Passed(By::Substitution(substitution)) => Some(substitution),
                _ => None,
            };
            let open = !matches!(standing, Standing::Passed(By::Result | By::Exemption));
            let others = self.substitutions(&course.code).filter(move |s| open && Some(*s) != in_use);
            others.filter(|s| self.earned(s)).map(|s| option(course, s))
        });
        distinct(available)
    }

    fn substitutions(&self, plan_course: &str) -> impl Iterator<Item = &'a Substitution> {
        self.candidate.substitutions.iter().filter(move |s| s.plan_course == plan_course)
    }

    fn earned(&self, substitution: &Substitution) -> bool {
        let earned = |code: &String| {
            self.is_exempt(code) || self.passed_results(code).any(|result| self.counts(result, result.kind))
        };
        !substitution.by.is_empty() && substitution.by.iter().all(earned)
    }

    fn passed_results(&self, code: &str) -> impl Iterator<Item = &'a CourseResult> {
        self.candidate.results.iter().filter(move |result| result.course == code && result.passes())
    }

    fn is_exempt(&self, code: &str) -> bool {
        self.candidate.exemptions.iter().any(|exemption| exemption.course == code)
    }

    fn counts(&self, result: &CourseResult, kind: Kind) -> bool {
        let host = self.candidate.major.host_school();
        kind == Kind::Written || (self.is_of_major(result) && result.school.as_deref() == Some(host))
    }

    fn is_of_major(&self, result: &CourseResult) -> bool {
        result.major.as_deref() == Some(self.plan.code.as_str())
    }

    fn reason(&self, course: &Course) -> Reason {
        let elsewhere = || self.passed_results(&course.code).any(|result| self.is_of_major(result));
        match course.kind {
            Kind::Written => Reason::NotPassed,
            Kind::Practical | Kind::Thesis if elsewhere() => Reason::SchoolDiffers,
            Kind::Practical => Reason::PracticalNotPassed,
            Kind::Thesis => Reason::ThesisNotPassed,
        }
    }
}

fn option(course: &Course, substitution: &Substitution) -> SubstitutionOption {
    SubstitutionOption {
        plan_course: course.code.clone(),
        plan_name: course.name.clone(),
        by: substitution.by.clone(),
        default: substitution.default,
    }
}

/// A course may stand in several additional groups of a plan.
fn distinct(options: impl Iterator<Item = SubstitutionOption>) -> Vec<SubstitutionOption> {
    options.fold(Vec::new(), |mut list, option| {
        if !list.contains(&option) {
            list.push(option);
        }
        list
    })
}
