//! What the bot logs, kept so that a test can look for personal data in it.

use std::{
    io::Write,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use tracing_subscriber::fmt::MakeWriter;

static LINES: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();

#[derive(Clone)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Kept {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Starts keeping everything from `debug` upwards; once for the process.
pub(crate) fn keep() {
    LINES.get_or_init(|| {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter("graduation_bot=debug")
            .with_writer(Kept(Arc::clone(&lines)))
            .finish();
        // Another test may have set one: then there is nothing to look at, and that test looks.
        let _ = tracing::subscriber::set_global_default(subscriber);
        lines
    });
}

/// Everything logged so far.
pub(crate) fn all() -> String {
    let lines = LINES.get().map(|lines| lines.lock().unwrap_or_else(PoisonError::into_inner).clone());
    String::from_utf8_lossy(&lines.unwrap_or_default()).into_owned()
}
