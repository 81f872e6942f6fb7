//! The shape of the code, checked: who may know whom, how long things are, which words may not stand anywhere.
//!
//! A rule nobody runs is not kept. The rows below are the architecture; a module may name modules of earlier rows only.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Top-level modules from the ground up. Modules of one row do not know each other.
const ROWS: &[&[&str]] = &[
    &["time"],
    &["inbound"],
    &["validation"],
    &["mask"],
    &["workflow"],
    &["dialog"],
    &["turn"],
    &["clock", "config", "secrets"],
    &["http", "ids", "models"],
    &["files", "store", "upstream", "wechat"],
    &["runner", "tables"],
    &["followers", "photos", "retention"],
    &["office", "worker"],
    &["web"],
    &["app"],
    &["cli"],
];

/// Modules that do no IO and know no clock.
const PURE: &[&str] = &["time", "inbound", "validation", "mask", "workflow", "dialog", "turn"];

/// What a pure module may not name.
const IMPURE: &[&str] = &[
    "tokio",
    "sqlx",
    "reqwest",
    "axum",
    "std::fs",
    "std::net",
    "std::env",
    "fs::read",
    "SystemTime",
    "Instant",
    "getrandom",
];

const FILE_MAX: usize = 400;
const FUNCTION_MAX: usize = 80;

#[test]
fn modules_know_only_those_before_them() {
    let mut wrong = Vec::new();
    for (rank, row) in ROWS.iter().enumerate() {
        let earlier: BTreeSet<&str> = ROWS[..rank].iter().flat_map(|row| row.iter().copied()).collect();
        for module in *row {
            for (file, text) in sources_of(module) {
                for named in crate_modules(&text) {
                    if named != *module && !earlier.contains(named.as_str()) {
                        wrong.push(format!("{}: {module} may not know {named}", file.display()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_has_its_row() {
    let declared: BTreeSet<String> = fs::read_to_string(root().join("src/lib.rs"))
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.split(';').next().map(str::to_owned))
        .collect();
    let known: BTreeSet<String> =
        ROWS.iter().flat_map(|row| row.iter().map(|name| (*name).to_owned())).collect();
    assert_eq!(declared, known, "src/lib.rs and ROWS differ");
}

#[test]
fn pure_modules_do_no_io_and_know_no_clock() {
    let mut wrong = Vec::new();
    for module in PURE {
        for (file, text) in sources_of(module) {
            for word in IMPURE {
                if text.lines().any(|line| has_word(line, word)) {
                    wrong.push(format!("{}: a pure module names {word}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn bot_and_mock_share_nothing() {
    for (folder, other) in [("src", "mock_platform"), ("mock-platform/src", "graduation_bot")] {
        for file in files_below(&root().join(folder), &["rs"]) {
            let text = code(&fs::read_to_string(&file).unwrap());
            assert!(!text.contains(other), "{} names {other}", file.display());
        }
    }
}

#[test]
fn files_and_functions_are_short() {
    let mut files = Vec::new();
    let mut functions = Vec::new();
    let mut wrong = Vec::new();
    for folder in ["src", "mock-platform/src", "examples", "tests"] {
        for file in files_below(&root().join(folder), &["rs"]) {
            let text = fs::read_to_string(&file).unwrap();
            let length = text.lines().count();
            if length > FILE_MAX {
                wrong.push(format!("{}: {length} lines", file.display()));
            }
            files.push(length);
            for function in functions_of(&text) {
                if function.length > FUNCTION_MAX && !function.is_exempt {
                    wrong.push(format!(
                        "{}: fn {}, {} lines",
                        file.display(),
                        function.name,
                        function.length
                    ));
                }
                functions.push(function.length);
            }
        }
    }
    println!("files: {}", spread(&mut files));
    println!("functions: {}", spread(&mut functions));
    assert!(wrong.is_empty(), "too long:\n{}", wrong.join("\n"));
}

#[test]
fn forbidden_words_stand_nowhere() {
    // Put together here, so that this file does not hold them.
    let words = [
        concat!("to", "do!"),
        concat!("fix", "me"),
        concat!("db", "g!("),
        concat!("unimple", "mented!"),
        concat!("/wo", "rk/"),
        concat!("../sha", "red"),
    ];
    let mut wrong = Vec::new();
    for file in files_below(
        &root(),
        &["rs", "toml", "md", "html", "css", "js", "mjs", "py", "sql", "sh", "json", "csv", "xml", "chat"],
    ) {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for (at, line) in text.lines().enumerate() {
            let line = line.to_lowercase();
            for word in words.iter().filter(|word| line.contains(*word)) {
                wrong.push(format!("{}:{}: {word}", file.display(), at + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The code of a top-level module, without comments and tests.
fn sources_of(module: &str) -> Vec<(PathBuf, String)> {
    let mut files = files_below(&root().join("src").join(module), &["rs"]);
    files.extend(Some(root().join(format!("src/{module}.rs"))).filter(|file| file.exists()));
    let is_test = |file: &PathBuf| {
        file.components().any(|part| part.as_os_str() == "tests") || file.ends_with("tests.rs")
    };
    files
        .into_iter()
        .filter(|file| !is_test(file))
        .map(|file| {
            let text = code(&fs::read_to_string(&file).unwrap());
            (file, text)
        })
        .collect()
}

/// Lines without comments, up to the tests that end a file.
fn code(text: &str) -> String {
    let is_test_module =
        |lines: &[&str]| lines[0] == "#[cfg(test)]" && lines.get(1).is_some_and(|next| next.ends_with('{'));
    let lines: Vec<&str> = text.lines().collect();
    let end = (0..lines.len()).find(|at| is_test_module(&lines[*at..])).unwrap_or(lines.len());
    let without_comment = |line: &str| {
        let line = line.trim_start();
        if line.starts_with("//") {
            String::new()
        } else {
            line.split(" // ").next().unwrap_or("").to_owned()
        }
    };
    lines[..end].iter().map(|line| without_comment(line) + "\n").collect()
}

/// The modules named after `crate::`, also in braces: `use crate::{time::Millis, turn::{A, B}}`.
fn crate_modules(text: &str) -> BTreeSet<String> {
    let name = |text: &str| -> String {
        text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
    };
    let mut found = BTreeSet::new();
    for rest in text.split("crate::").skip(1) {
        let Some(inside) = rest.strip_prefix('{') else {
            found.insert(name(rest));
            continue;
        };
        let (mut depth, mut at_name) = (0, true);
        for (at, c) in inside.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => at_name = true,
                c if at_name && !c.is_whitespace() => {
                    found.insert(name(&inside[at..]));
                    at_name = false;
                }
                _ => {}
            }
        }
    }
    // Macros and items of the crate's root are no modules.
    found.retain(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
    found
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        !line[..at].ends_with(is_part) && !line[at + word.len()..].starts_with(is_part)
    })
}

struct Function {
    name: String,
    length: usize,
    /// Long on purpose, with its reason written down.
    is_exempt: bool,
}

/// Functions of formatted code: the end stands alone at the indentation of the beginning.
fn functions_of(text: &str) -> Vec<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let mut functions = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let indent = &line[..line.len() - trimmed.len()];
        let Some(name) = function_name(trimmed) else { continue };
        let one_line = trimmed.ends_with('}') || trimmed.ends_with(';');
        let closing = format!("{indent}}}");
        let length =
            if one_line { 1 } else { lines[at..].iter().take_while(|line| ***line != closing).count() + 1 };
        let before = lines[at.saturating_sub(4)..at].concat();
        functions.push(Function { name, length, is_exempt: before.contains("too_many_lines") });
    }
    functions
}

fn function_name(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let is_modifier =
        |word: &str| word.starts_with("pub") || ["const", "async", "extern", "in"].contains(&word);
    let first = words.by_ref().find(|word| !is_modifier(word) && !word.ends_with(')'))?;
    let name = words.next().filter(|_| first == "fn")?;
    Some(name.split(['(', '<']).next().unwrap_or(name).to_owned())
}

/// Median, 90th percentile and longest.
fn spread(lengths: &mut [usize]) -> String {
    lengths.sort_unstable();
    let at = |share: usize| {
        lengths.get((lengths.len() * share / 100).min(lengths.len() - 1)).copied().unwrap_or(0)
    };
    format!("{} of them, median {}, p90 {}, longest {}", lengths.len(), at(50), at(90), at(100))
}

/// Files with these endings, but nothing that was built or drawn.
fn files_below(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "data", ".git"].contains(&name.as_str())
                || folder.ends_with("tests")
                || folder.ends_with("examples")
            {
                files.extend(files_below(&path, endings));
            }
        } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn the_checks_see_what_they_should() {
    let text = "use crate::{\n    time::Millis,\n    turn::{self, A, B},\n};\nlet x = crate::store::Store;\n";
    let expected: BTreeSet<String> = ["store", "time", "turn"].map(str::to_owned).into();
    assert_eq!(crate_modules(text), expected);
    assert!(has_word("use tokio::time;", "tokio") && !has_word("let tokios = 1;", "tokio"));
    let text = "impl A {\n    pub(super) async fn b(\n        c: u8,\n    ) {\n        d();\n    }\n\n    fn e() {}\n}\n";
    let found: Vec<(String, usize)> = functions_of(text).into_iter().map(|f| (f.name, f.length)).collect();
    assert_eq!(found, [("b".to_owned(), 5), ("e".to_owned(), 1)]);
    assert_eq!(code("a\n// tokio\nb // tokio\n#[cfg(test)]\nmod tests {\n tokio\n}\n"), "a\n\nb\n");
}
