//! The dialogs that we ship are right.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use graduation_bot::{dialog, turn};

/// The shipped dialogs as the checker wants them.
pub(crate) fn shipped() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/dialogs");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
        .iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            (format!("dialogs/{name}"), std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

#[test]
fn nothing_is_wrong_with_them() {
    let files = shipped();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    if let Err(mistakes) = dialog::load(&files, &turn::known()) {
        panic!("{}", dialog::report(&mistakes));
    }
}
