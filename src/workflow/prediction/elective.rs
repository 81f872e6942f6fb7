//! Electives: whether a block's rule is fulfilled, and how many credits are missing (domain.md §2.2 no. 2).

use super::standing::Transcript;
use super::unmet::{CourseName, Unmet};
use crate::workflow::plan::{Course, Elective, ElectiveRule, Plan, credits_of};

/// The unmet item of a block, if its rule is not fulfilled: the fewest credits that would do, and the courses that
/// could bring them.
pub(super) fn shortage(block: &Elective, transcript: &Transcript<'_>) -> Option<Unmet> {
    match &block.rule {
        ElectiveRule::OneOf(groups) => {
            let open = groups.iter().map(|group| open_subjects(block, group, transcript)).collect::<Vec<_>>();
            let nearest =
                open.into_iter().min_by_key(|subjects| (!subjects.is_empty(), credits(subjects)))?;
            (!nearest.is_empty()).then(|| Unmet::of_electives(credits(&nearest).max(1), names(&nearest)))
        }
        ElectiveRule::From { from, min_credits, min_count } => {
            let known = from.iter().filter_map(|name| block.subject(name));
            let (passed, mut open): (Vec<_>, Vec<_>) =
                known.partition(|subject| is_passed(subject, transcript));
            let lacks_count = min_count.saturating_sub(passed.len());
            // A missing number of subjects is said in credits: those of the smallest subjects that would do.
            open.sort_by_key(|subject| credits_of(subject));
            let by_count = credits(&open[..lacks_count.min(open.len())]).max(u32::from(lacks_count > 0));
            let missing = min_credits.saturating_sub(credits(&passed)).max(by_count);
            (missing > 0).then(|| Unmet::of_electives(missing, names(&open)))
        }
    }
}

/// Credits of all elective subjects that are passed.
pub(super) fn earned_credits(plan: &Plan, transcript: &Transcript<'_>) -> u32 {
    let subjects = plan.electives.iter().flat_map(Elective::subjects);
    subjects.filter(|subject| is_passed(subject, transcript)).map(|subject| credits_of(&subject)).sum()
}

/// Elective courses that are not passed, of all blocks.
pub(super) fn unpassed(plan: &Plan, transcript: &Transcript<'_>) -> Vec<CourseName> {
    let subjects = plan.electives.iter().flat_map(Elective::subjects);
    names(&subjects.filter(|subject| !is_passed(subject, transcript)).collect::<Vec<_>>())
}

/// The named subjects that are not passed; a name that the block does not know is none.
fn open_subjects<'a>(
    block: &'a Elective,
    names: &[String],
    transcript: &Transcript<'_>,
) -> Vec<Vec<&'a Course>> {
    let subjects = names.iter().filter_map(|name| block.subject(name));
    subjects.filter(|subject| !is_passed(subject, transcript)).collect()
}

fn is_passed(subject: &[&Course], transcript: &Transcript<'_>) -> bool {
    subject.iter().all(|course| transcript.passes(course))
}

fn credits(subjects: &[Vec<&Course>]) -> u32 {
    subjects.iter().map(|subject| credits_of(subject)).sum()
}

fn names(subjects: &[Vec<&Course>]) -> Vec<CourseName> {
    subjects.iter().flatten().map(|course| CourseName::of(course)).collect()
}
