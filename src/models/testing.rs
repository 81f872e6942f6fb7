//! The models as tests get them: from `models/weights` of the tree.

use std::{io::Write as _, path::Path, sync::Once};

use super::{Models, PhotoModels, entries};

/// The folder that `models/fetch.sh` fills.
pub(crate) const WEIGHTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models/weights");

/// All models, read once for all tests. None if the folder lacks one, which is a failure when
/// `BOT_TEST_MODELS=required`; a test without them says so and ends.
pub(crate) fn models() -> Option<&'static Models> {
    static SAID: Once = Once::new();
    let are_there = entries().iter().all(|entry| entry.path(Path::new(WEIGHTS)).exists());
    if !are_there {
        assert!(
            !is_required(),
            "BOT_TEST_MODELS=required, but models/weights is not complete: run models/fetch.sh"
        );
        // Not `eprintln`, which a test that passes keeps to itself: whoever reads the result has to know.
        SAID.call_once(|| {
            let _ = writeln!(
                std::io::stderr(),
                "\nNO PHOTO MODELS: what needs them is not tested; models/fetch.sh fetches them\n"
            );
        });
        return None;
    }
    // Kept for the whole process by the table of folders; this one only makes it live as long as the tests.
    let models: &'static PhotoModels = Box::leak(Box::new(PhotoModels::of(Path::new(WEIGHTS))));
    Some(models.get())
}

#[expect(clippy::disallowed_methods, reason = "a test's switch is no setting of the bot")]
fn is_required() -> bool {
    std::env::var("BOT_TEST_MODELS").is_ok_and(|value| value == "required")
}
