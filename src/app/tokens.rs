//! The platform's token, kept in the store for all processes: where the client's need and the store's row meet.

use futures_util::future::{BoxFuture, FutureExt as _};

use crate::{
    store::{Store, StoreError},
    time::Millis,
    wechat::client::{StoredToken, TokenStore, TokenStoreError},
};

/// The token row of one account.
pub(super) struct Tokens {
    pub(super) store: Store,
    /// The app id: another account's token is another row.
    pub(super) name: String,
}

impl TokenStore for Tokens {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, TokenStoreError>> {
        async {
            let row = self.store.load_token(&self.name).await.map_err(failed)?;
            Ok(row.map(|row| StoredToken {
                value: row.value,
                expires_at_wire_ms: row.expires_at.0,
                version: row.version,
            }))
        }
        .boxed()
    }

    fn claim(
        &self,
        expected_version: Option<i64>,
        now: i64,
        until: i64,
    ) -> BoxFuture<'_, Result<bool, TokenStoreError>> {
        let expected = expected_version.unwrap_or(0);
        async move {
            let claimed = self.store.claim_token(&self.name, expected, Millis(now), Millis(until));
            claimed.await.map_err(failed)
        }
        .boxed()
    }

    fn release(&self, until: i64) -> BoxFuture<'_, Result<(), TokenStoreError>> {
        async move { self.store.release_token(&self.name, Millis(until)).await.map_err(failed) }.boxed()
    }

    fn compare_and_swap<'a>(
        &'a self,
        expected_version: Option<i64>,
        new: &'a StoredToken,
    ) -> BoxFuture<'a, Result<bool, TokenStoreError>> {
        let (expected, expires_at) = (expected_version.unwrap_or(0), Millis(new.expires_at_wire_ms));
        async move { self.store.swap_token(&self.name, expected, &new.value, expires_at).await.map_err(failed) }
            .boxed()
    }
}

fn failed(error: StoreError) -> TokenStoreError {
    TokenStoreError(Box::new(error))
}
