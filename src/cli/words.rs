//! Words for operators: what codes of the program are called at a counter, and small things to print them.
//!
//! Words for candidates are in `dialogs/`; these here are for the people of the offices and of operations.

use std::io::{IsTerminal as _, Write as _};

use unicode_width::UnicodeWidthStr as _;

use super::Failure;
pub(super) use crate::office::words::{level, moment, number, part, place, slot, source, stage};

/// How many lines are wanted, at least one.
pub(super) fn limit(wanted: u32) -> Result<u32, Failure> {
    if wanted == 0 {
        return Err(Failure::mistake("--limit 是最多列多少行，至少写 1。"));
    }
    Ok(wanted)
}

/// The nearest of the known names, and all of them.
pub(super) fn nearest(name: &str, known: &[String]) -> String {
    let close = known
        .iter()
        .map(|other| (strsim::damerau_levenshtein(name, other), other))
        .min()
        .filter(|(distance, other)| *distance <= (other.chars().count() / 2).max(1));
    let guess = close.map(|(_, other)| format!("是不是“{other}”？")).unwrap_or_default();
    format!("{guess}可用的有：{}", known.join("、"))
}

/// A table with its header, as [`columns`].
pub(super) fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> String {
    let header = header.map(str::to_owned).to_vec();
    columns(&std::iter::once(header).chain(rows).collect::<Vec<_>>())
}

/// Rows as columns of equal display width: 汉字 are two columns wide.
pub(super) fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width() + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Asks yes or no on the terminal; elsewhere the flag that says yes is wanted.
pub(super) fn agree(question: &str) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::mistake(format!("{question}这里不是终端，无法询问：确定要做，请加 --yes。")));
    }
    eprint!("{question}[y/N] ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .map_err(|error| Failure::failed(format!("读不到终端的回答：{error}")))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "是"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_only_when_near() {
        let known = ["天河区", "越秀区"].map(str::to_owned);
        assert_eq!(nearest("天何区", &known), "是不是“天河区”？可用的有：天河区、越秀区");
        assert_eq!(nearest("thx", &known), "可用的有：天河区、越秀区");
    }

    #[test]
    fn columns_align_by_display_width() {
        let rows = [vec!["天河区".to_owned(), "1".to_owned()], vec!["a".to_owned(), "2".to_owned()]];
        assert_eq!(columns(&rows), "天河区  1\na       2\n");
    }
}
