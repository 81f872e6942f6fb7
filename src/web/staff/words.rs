//! Words of the console that several pages share.

pub(super) use crate::office::words::role;
use crate::workflow::batch::Batch;

/// Batches to choose from, each with its name: the present one first, without an id, then the others. None where there is
/// nothing to choose.
pub(super) fn batches<'b>(known: &'b [Batch], present: &'b Batch) -> Vec<(&'b str, &'b str)> {
    let others = known.iter().filter(|batch| batch.id != present.id).map(|batch| (&*batch.id, &*batch.name));
    let all: Vec<_> = std::iter::once(("", &*present.name)).chain(others).collect();
    if all.len() > 1 { all } else { Vec::new() }
}

/// A length of time as people say it, two units at most: 「2 天 3 小时」, 「20 分钟」.
pub(super) fn span(seconds: i64) -> String {
    let minutes = seconds.max(0) / 60;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => "不到 1 分钟".to_owned(),
        (0, 0, minutes) => format!("{minutes} 分钟"),
        (0, hours, 0) => format!("{hours} 小时"),
        (0, hours, minutes) => format!("{hours} 小时 {minutes} 分钟"),
        (days, 0, _) => format!("{days} 天"),
        (days, hours, _) => format!("{days} 天 {hours} 小时"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_said_in_two_units() {
        let rows = [
            (-5, "不到 1 分钟"),
            (59, "不到 1 分钟"),
            (1200, "20 分钟"),
            (3600, "1 小时"),
            (3660, "1 小时 1 分钟"),
            (86_400, "1 天"),
            (183_600, "2 天 3 小时"),
        ];
        for (seconds, words) in rows {
            assert_eq!(span(seconds), words);
        }
    }
}
