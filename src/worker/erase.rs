//! Pictures of an application that was taken back: deleted at once (AMB-26, domain.md §8.3).

use super::{Worker, WorkerError, jobs::Ended};

impl Worker {
    /// Deletes what the case does not name (any more): whoever began anew may have sent the same picture again.
    pub(super) async fn delete_photos(&self, case_id: &str, names: &[String]) -> Result<Ended, WorkerError> {
        let case = self.store().case_by_id(case_id).await?;
        for name in names {
            if !case.as_ref().is_some_and(|case| case.photo_names().contains(name.as_str())) {
                self.shared.tools.files.delete(name).await?;
            }
        }
        Ok(Ended::Nothing)
    }
}
