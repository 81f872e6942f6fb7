//! EDGE. The registry and the population file as tables of our own, filled by `graduation-bot import`.
//!
//! For offices that hand out files instead of running a service, and for tests. They answer as the services would:
//! a number that the registry's table lacks is nobody's; a number that the population table lacks has no answer *yet*
//! ([`Unavailable`]), because a table may be one import behind and nobody is turned away for that.
//!
//! An answer of the population table is one of the texts `match`, `mismatch:REASON`, `unavailable`.

use futures_util::future::{BoxFuture, FutureExt};
use serde_json::Value;

use crate::{
    store::Store,
    upstream::{Population, PopulationAnswer, Registry, Unavailable},
};

/// Longest reason that is passed on, in characters: as over HTTP, it is shown to the candidate.
const MAX_REASON: usize = 100;

/// The imported registry.
#[derive(Clone)]
pub struct TableRegistry(pub Store);

/// The imported population file.
#[derive(Clone)]
pub struct TablePopulation(pub Store);

/// Why the population table gives no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The number was not imported.
    #[error("the number is not in the imported table")]
    Missing,
    /// It was imported as `unavailable`.
    #[error("the imported table says `unavailable`")]
    Withheld,
    /// Something else was imported.
    #[error("the imported answer is none of match, mismatch:REASON, unavailable")]
    Unreadable,
}

impl Registry for TableRegistry {
    fn candidate<'a>(&'a self, exam_no: &'a str) -> BoxFuture<'a, Result<Option<Value>, Unavailable>> {
        async move {
            let record = self.0.candidate(exam_no).await.map_err(unavailable)?;
            record.map(serde_json::to_value).transpose().map_err(unavailable)
        }
        .boxed()
    }
}

impl Population for TablePopulation {
    /// The table is asked by number only: whoever made it has compared the name.
    fn verify<'a>(
        &'a self,
        _name: &'a str,
        document_no: &'a str,
    ) -> BoxFuture<'a, Result<PopulationAnswer, Unavailable>> {
        async move {
            let answer = self.0.population_answer(document_no).await.map_err(unavailable)?;
            read(answer.as_deref()).map_err(unavailable)
        }
        .boxed()
    }
}

/// Reads an answer as imported. The importer refuses what this cannot read.
pub fn read(answer: Option<&str>) -> Result<PopulationAnswer, NoAnswer> {
    let answer = answer.ok_or(NoAnswer::Missing)?.trim();
    if let Some(reason) = answer.strip_prefix("mismatch:") {
        return Ok(PopulationAnswer::Mismatch { reason: reason.trim().chars().take(MAX_REASON).collect() });
    }
    match answer {
        "match" => Ok(PopulationAnswer::Match),
        "mismatch" => Ok(PopulationAnswer::Mismatch { reason: String::new() }),
        "unavailable" => Err(NoAnswer::Withheld),
        _ => Err(NoAnswer::Unreadable),
    }
}

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> Unavailable {
    Unavailable::Table(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_as_imported() {
        let mismatch = |reason: &str| Ok(PopulationAnswer::Mismatch { reason: reason.to_owned() });
        let rows = [
            (Some("match"), Ok(PopulationAnswer::Match)),
            (Some(" match\n"), Ok(PopulationAnswer::Match)),
            (Some("mismatch:姓名不一致"), mismatch("姓名不一致")),
            (Some("mismatch: 姓名不一致 "), mismatch("姓名不一致")),
            (Some("mismatch:"), mismatch("")),
            (Some("mismatch"), mismatch("")),
            (Some("unavailable"), Err(NoAnswer::Withheld)),
            (Some("mismatched"), Err(NoAnswer::Unreadable)),
            (Some(""), Err(NoAnswer::Unreadable)),
            (None, Err(NoAnswer::Missing)),
        ];
        for (answer, expected) in rows {
            assert_eq!(read(answer), expected, "{answer:?}");
        }
    }
}
