//! Tables that are checked in: what a test finds has to be what stands there.

use std::{fs, path::Path};

/// Rows in order below their heading, in columns.
pub(crate) fn table(heading: &str, mut rows: Vec<Vec<String>>) -> String {
    rows.sort();
    rows.insert(0, heading.split(' ').map(str::to_owned).collect());
    let wide = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(at, cell)| format!("{cell:0$}", wide(at)));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// Fails unless the file says just this; `BLESS=1` writes it: read the difference.
pub(crate) fn compare(file: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, found).unwrap();
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    let differing = |one: &str, other: &str| -> Vec<String> {
        one.lines().filter(|line| !other.lines().any(|known| known == *line)).map(str::to_owned).collect()
    };
    assert!(
        known == found,
        "{file} differs (BLESS=1 writes it)\nonly in the file: {:#?}\nonly found: {:#?}",
        differing(&known, found),
        differing(found, &known),
    );
}
