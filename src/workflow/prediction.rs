//! 毕业预测: does the record fulfil the plan? (domain.md §2)
//!
//! Never a bare yes or no: every unmet item is listed with its reason (§2.4). The conditions are those of §2.2 but
//! two that only people can judge: 思想品德, which is appraised on the paper form, and the plan's 说明, handed on as
//! `notes`. Passing one more course never takes a passed prediction away; that is a test. How one course counts as
//! passed (result, exemption, substitution) is in `standing`, electives are in `elective`, the reasons in `unmet`.

mod elective;
mod standing;
mod unmet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::candidate::{Candidate, DIRECT, PriorCredential};
use super::plan::{Course, Level, Plan, Replacement};
use standing::{Standing, Transcript};
pub use standing::{SubstitutionChoice, SubstitutionOption};
pub use unmet::{CourseName, Line, Reason, Unmet, UnmetKind};

/// The outcome of a prediction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prediction {
    /// Nothing is unmet.
    pub passed: bool,
    /// Everything that is missing, courses in the plan's order, then what concerns the person.
    pub unmet: Vec<Unmet>,
    /// Credits counted so far: those of the plan, for exempted and substituted courses too.
    pub credits_earned: u32,
    /// The plan's least total; `None` when it states none.
    pub credits_needed: Option<u32>,
    /// 课程顶替 that count in this outcome.
    pub substitutions_used: Vec<SubstitutionOption>,
    /// 课程顶替 that the candidate could choose instead: their courses are passed, and the plan's course is not.
    pub substitutions_available: Vec<SubstitutionOption>,
    /// The plan's 说明, to be judged by an office.
    pub notes: Vec<String>,
}

/// Evaluates `plan` for `candidate` with the chosen 课程顶替, on the day `today`. Total: a plan that is not the
/// candidate's gives an unmet item.
pub fn predict(plan: &Plan, candidate: &Candidate, choice: &SubstitutionChoice, today: Date) -> Prediction {
    let transcript = Transcript::new(plan, candidate, choice);
    let dropped = dropped_subjects(plan, candidate, &transcript);
    let mut unmet = unmet_required(plan, &transcript, dropped);
    offer_replacement(plan, candidate, &mut unmet);
    unmet.extend(unmet_electives(plan, &transcript));
    let (credits_earned, credits_needed) = count_credits(plan, &transcript, dropped);
    let coming = credits_coming(plan, &unmet);
    let missing = credits_needed.map_or(0, |needed| needed.saturating_sub(credits_earned + coming));
    if missing > 0 {
        // With everything that is listed the total is still too small: only further electives can bring it.
        unmet.push(Unmet::of_electives(missing, elective::unpassed(plan, &transcript)));
    }
    unmet.extend(unmet_additional(plan, candidate, &transcript));
    unmet.extend(unmet_person(plan, candidate, today));
    Prediction {
        passed: unmet.is_empty(),
        unmet,
        credits_earned,
        credits_needed,
        substitutions_used: transcript.substitutions_used(),
        substitutions_available: transcript.substitutions_available(),
        notes: plan.notes.clone(),
    }
}

/// The blocks of electives that lack something, numbered where there are several to tell apart.
fn unmet_electives(plan: &Plan, transcript: &Transcript<'_>) -> Vec<Unmet> {
    let numbered = plan.electives.len() > 1;
    let shortage = |(index, block)| {
        let unmet = elective::shortage(block, transcript)?;
        Some(Unmet { group: numbered.then_some(index + 1), ..unmet })
    };
    plan.electives.iter().enumerate().filter_map(shortage).collect()
}

impl Prediction {
    /// Whether the thesis is all that is missing: some schools enter candidates for it only then (domain.md §2.3).
    pub fn lacks_only_thesis(&self) -> bool {
        !self.passed && self.unmet.iter().all(|unmet| unmet.kind == UnmetKind::Thesis)
    }
}

/// The replacement that is in force: a candidate from Hong Kong, Macao or Taiwan who passed 231 and not all of the
/// subjects it stands for.
fn dropped_subjects<'a>(
    plan: &'a Plan,
    candidate: &Candidate,
    transcript: &Transcript<'_>,
) -> Option<&'a Replacement> {
    let replacement = plan.hk_macao_taiwan.as_ref().filter(|_| candidate.region.may_drop_politics())?;
    let has_all = plan.required.iter().filter(|c| replacement.drops(c)).all(|c| transcript.passes(c));
    let replaced =
        !replacement.courses.is_empty() && replacement.courses.iter().all(|c| transcript.passes(c));
    (replaced && !has_all).then_some(replacement)
}

fn unmet_required(plan: &Plan, transcript: &Transcript<'_>, dropped: Option<&Replacement>) -> Vec<Unmet> {
    let counted =
        plan.required.iter().filter(|course| !dropped.is_some_and(|replacement| replacement.drops(course)));
    counted
        .filter_map(|course| match transcript.standing(course) {
            Standing::Passed(_) => None,
            Standing::Missing(reason) => Some(Unmet::of_course(course, reason)),
        })
        .collect()
}

/// Tells a candidate who may drop a missing subject what could be taken instead.
fn offer_replacement(plan: &Plan, candidate: &Candidate, unmet: &mut [Unmet]) {
    let Some(replacement) = plan.hk_macao_taiwan.as_ref().filter(|_| candidate.region.may_drop_politics())
    else {
        return;
    };
    for item in unmet.iter_mut() {
        if plan.required.iter().any(|course| course.code == item.code && replacement.drops(course)) {
            item.instead = replacement.courses.iter().map(CourseName::of).collect();
        }
    }
}

/// Counted credits and the least total. 加考 does not count; what replaces dropped subjects does, and the total then
/// moves by the difference, so that taking 231 neither helps nor hurts.
fn count_credits(
    plan: &Plan,
    transcript: &Transcript<'_>,
    dropped: Option<&Replacement>,
) -> (u32, Option<u32>) {
    let is_dropped = |course: &Course| dropped.is_some_and(|replacement| replacement.drops(course));
    let required = plan.required.iter().filter(|course| !is_dropped(course) && transcript.passes(course));
    let earned =
        required.map(Course::counted_credits).sum::<u32>() + elective::earned_credits(plan, transcript);
    let Some(replacement) = dropped else { return (earned, plan.min_credits) };
    let lost: u32 = plan.required.iter().filter(|c| is_dropped(c)).map(Course::counted_credits).sum();
    let gained: u32 = replacement.courses.iter().map(Course::counted_credits).sum();
    (earned + gained, plan.min_credits.map(|total| (total + gained).saturating_sub(lost)))
}

/// The credits that the unmet courses and electives will bring.
fn credits_coming(plan: &Plan, unmet: &[Unmet]) -> u32 {
    let of_course =
        |code: &str| plan.required.iter().find(|course| course.code == code).map(Course::counted_credits);
    let credits = unmet.iter().map(|item| match item.reason {
        Reason::ElectiveCredits { missing } => missing,
        _ => of_course(&item.code).unwrap_or(0),
    });
    credits.sum()
}

/// 加考, for 本科 only. A group that the plan does not describe is unmet: prediction cannot say more.
fn unmet_additional(plan: &Plan, candidate: &Candidate, transcript: &Transcript<'_>) -> Vec<Unmet> {
    let group = candidate.additional_group.as_str();
    if plan.level != Level::Bachelor || group == DIRECT {
        return Vec::new();
    }
    match plan.additional.get(group).filter(|courses| !courses.is_empty()) {
        None => vec![Unmet::plain(UnmetKind::Additional, group, Reason::AdditionalMissing)],
        Some(courses) => courses
            .iter()
            .filter(|course| !transcript.passes(course))
            .map(|course| Unmet {
                kind: UnmetKind::Additional,
                ..Unmet::of_course(course, Reason::AdditionalMissing)
            })
            .collect(),
    }
}

/// What concerns the person and not a course.
fn unmet_person(plan: &Plan, candidate: &Candidate, today: Date) -> Vec<Unmet> {
    let mut unmet = Vec::new();
    let verified = candidate.prior_credential.as_ref().is_some_and(PriorCredential::is_verified);
    if plan.level == Level::Bachelor && !verified {
        unmet.push(Unmet::plain(UnmetKind::Credential, "", Reason::CredentialUnverified));
    }
    // The postponement lasts through its last day.
    if let Some(until) = candidate.violation_until.filter(|until| today <= *until) {
        unmet.push(Unmet::plain(UnmetKind::Violation, "", Reason::ViolationUntil(until)));
    }
    if candidate.issued.iter().any(|issued| issued.major_code == plan.code) {
        unmet.push(Unmet::plain(UnmetKind::Diploma, &plan.name, Reason::AlreadyIssued));
    }
    if candidate.plan_key() != plan.key() {
        unmet.push(Unmet::plain(UnmetKind::School, &plan.building_school, Reason::SchoolDiffers));
    }
    unmet
}

impl Replacement {
    fn drops(&self, course: &Course) -> bool {
        self.may_drop.contains(&course.seq)
    }
}

#[cfg(test)]
mod tests;
