//! Photos in a folder, sealed, one file each, in 256 folders by the first two digits of the name.
//!
//! A file is written beside its place, flushed to the disk and renamed: readers see all of it or nothing, also after
//! a power cut. A crash in between leaves a `.part` file that nobody reads and the sweep deletes.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use futures_util::future::BoxFuture;

use super::{Files, FilesError, MAX_PHOTO, is_name};
use crate::{
    secrets::{Keyring, OVERHEAD},
    time::Millis,
};

const PLACE: &str = "photo";

/// A folder of sealed photos. Several processes may share it.
pub struct Folder {
    inner: Arc<Inner>,
}

struct Inner {
    root: PathBuf,
    keyring: Keyring,
    parts: AtomicU64,
}

impl Folder {
    /// Opens a folder, creating it when missing, readable by its owner only.
    pub fn open(root: impl Into<PathBuf>, keyring: Keyring) -> Result<Self, FilesError> {
        let root = root.into();
        create_private(&root)?;
        Ok(Self { inner: Arc::new(Inner { root, keyring, parts: AtomicU64::new(0) }) })
    }

    /// Runs blocking work on the threads meant for it.
    fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, FilesError> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, FilesError>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(
            async move { tokio::task::spawn_blocking(move || work(&inner)).await.map_err(io::Error::other)? },
        )
    }
}

impl Files for Folder {
    fn put<'a>(&'a self, name: &'a str, content: &'a [u8]) -> BoxFuture<'a, Result<(), FilesError>> {
        let (name, content) = (name.to_owned(), content.to_vec());
        self.blocking(move |inner| inner.put(&name, &content))
    }

    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Vec<u8>>, FilesError>> {
        let name = name.to_owned();
        self.blocking(move |inner| inner.get(&name))
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), FilesError>> {
        let name = name.to_owned();
        self.blocking(move |inner| inner.delete(&name))
    }

    fn aged(&self, first: u8, before: Millis) -> BoxFuture<'_, Result<Vec<String>, FilesError>> {
        self.blocking(move |inner| inner.aged(first, before))
    }

    fn delete_aged<'a>(&'a self, name: &'a str, before: Millis) -> BoxFuture<'a, Result<bool, FilesError>> {
        let name = name.to_owned();
        self.blocking(move |inner| {
            let is_aged = is_aged(&inner.path(&name)?, before)?;
            if is_aged {
                inner.delete(&name)?;
            }
            Ok(is_aged)
        })
    }
}

impl Inner {
    fn put(&self, name: &str, content: &[u8]) -> Result<(), FilesError> {
        let path = self.path(name)?;
        if content.len() > MAX_PHOTO {
            return Err(FilesError::TooLarge);
        }
        match fs::File::open(&path) {
            Ok(stored) => return Ok(touch(&stored)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        let folder = path.parent().expect("a path below the root has a parent");
        create_private(folder)?;
        let number = self.parts.fetch_add(1, Ordering::Relaxed);
        let part = folder.join(format!("{name}.{}-{number}.part", std::process::id()));
        let written = write_durably(&part, &self.keyring.seal(PLACE, name, content))
            .and_then(|()| fs::rename(&part, &path))
            .and_then(|()| fs::File::open(folder)?.sync_all());
        if written.is_err() {
            // The first error is the one to tell; the part may not even exist.
            let _ = fs::remove_file(&part);
        }
        Ok(written?)
    }

    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, FilesError> {
        let file = match fs::File::open(self.path(name)?) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let limit = MAX_PHOTO + OVERHEAD;
        let mut sealed = Vec::new();
        file.take(limit as u64 + 1).read_to_end(&mut sealed)?;
        if sealed.len() > limit {
            return Err(FilesError::TooLarge);
        }
        Ok(Some(self.keyring.open(PLACE, name, &sealed)?))
    }

    fn delete(&self, name: &str) -> Result<(), FilesError> {
        match fs::remove_file(self.path(name)?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Parts that a crash left behind go as they are found.
    fn aged(&self, first: u8, before: Millis) -> Result<Vec<String>, FilesError> {
        let entries = match fs::read_dir(self.root.join(format!("{first:02x}"))) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !is_aged(&entry.path(), before)? {
                continue;
            }
            if is_name(&name) {
                found.push(name);
            } else if Path::new(&name).extension().is_some_and(|end| end == "part") {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(found)
    }

    fn path(&self, name: &str) -> Result<PathBuf, FilesError> {
        if !is_name(name) {
            return Err(FilesError::Name);
        }
        Ok(self.root.join(&name[..2]).join(name))
    }
}

#[expect(clippy::disallowed_methods, reason = "the file system's own time, like that of a file just written")]
fn touch(file: &fs::File) -> io::Result<()> {
    file.set_modified(SystemTime::now())
}

/// Whether a file is there and was last stored before a moment.
fn is_aged(path: &Path, before: Millis) -> io::Result<bool> {
    let stored = match fs::metadata(path) {
        Ok(found) => found.modified()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let since = stored.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis());
    Ok((since as i64) < before.0)
}

fn write_durably(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: [u8; 32] = [1; 32];
    const NEW: [u8; 32] = [2; 32];

    fn name(digit: char) -> String {
        digit.to_string().repeat(64)
    }

    #[tokio::test]
    async fn a_photo_comes_back_and_is_unreadable_on_the_disk() {
        let home = tempfile::tempdir().unwrap();
        let files = Folder::open(home.path().join("files"), Keyring::new(&NEW, &[])).unwrap();
        let photo = b"\xff\xd8 a picture of somebody".to_vec();
        files.put(&name('a'), &photo).await.unwrap();
        files.put(&name('a'), &photo).await.unwrap();
        assert_eq!(files.get(&name('a')).await.unwrap(), Some(photo.clone()));
        let path = home.path().join("files/aa").join(name('a'));
        let stored = fs::read(&path).unwrap();
        assert!(!stored.windows(8).any(|window| photo.windows(8).any(|clear| clear == window)));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no part is left");
        files.delete(&name('a')).await.unwrap();
        files.delete(&name('a')).await.unwrap();
        assert_eq!(files.get(&name('a')).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_previous_key_opens_and_another_name_does_not() {
        let home = tempfile::tempdir().unwrap();
        let before = Folder::open(home.path(), Keyring::new(&OLD, &[])).unwrap();
        before.put(&name('b'), b"photo").await.unwrap();
        let after = Folder::open(home.path(), Keyring::new(&NEW, &[OLD])).unwrap();
        assert_eq!(after.get(&name('b')).await.unwrap(), Some(b"photo".to_vec()));
        fs::create_dir_all(home.path().join("cc")).unwrap();
        fs::copy(home.path().join("bb").join(name('b')), home.path().join("cc").join(name('c'))).unwrap();
        assert!(matches!(after.get(&name('c')).await, Err(FilesError::Sealed(_))));
    }

    #[tokio::test]
    async fn names_and_sizes_are_bounded() {
        let home = tempfile::tempdir().unwrap();
        let files = Folder::open(home.path(), Keyring::new(&NEW, &[])).unwrap();
        for bad in ["", "../../etc/passwd", "AAAA", &name('g'), &format!("{}/", name('a'))] {
            assert!(matches!(files.put(bad, b"x").await, Err(FilesError::Name)), "{bad}");
        }
        let large = vec![0; MAX_PHOTO + 1];
        assert!(matches!(files.put(&name('d'), &large).await, Err(FilesError::TooLarge)));
        fs::create_dir_all(home.path().join("ee")).unwrap();
        fs::write(home.path().join("ee").join(name('e')), vec![0; MAX_PHOTO + OVERHEAD + 1]).unwrap();
        assert!(matches!(files.get(&name('e')).await, Err(FilesError::TooLarge)));
    }
}
