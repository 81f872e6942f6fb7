//! Browsers that are signed in to the console. The cookie's value is the secret; here is only its hash.

use serde::{Deserialize, Serialize};

use crate::{
    store::{Store, StoreError, column, statement::Statement},
    time::Millis,
};

const BODY: &str = "sign_ins/body";

/// One browser's sign-in, as it was last saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// What the console keeps for it: JSON.
    pub body: String,
    /// When it ends whatever happens. Wire time.
    pub until: Millis,
}

#[derive(Serialize, Deserialize)]
struct Body(String);

impl Store {
    /// What is kept under a cookie's value, unless its time is over.
    pub async fn load_sign_in(&self, secret: &str, wire: Millis) -> Result<Option<SignIn>, StoreError> {
        let hash = self.sign_in_hash(secret);
        let statement =
            Statement::returning("select body, until from sign_ins where hash = $1 and until > $2")
                .text(hash.as_str())
                .number(wire.0);
        let rows = self.read(statement).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let Body(body) = self.open_json(BODY, &hash, &column::<Vec<u8>>(row, 0)?)?;
        Ok(Some(SignIn { body, until: Millis(column(row, 1)?) }))
    }

    /// Keeps it under a new cookie's value; false when the value is taken.
    pub async fn open_sign_in(&self, secret: &str, sign_in: &SignIn) -> Result<bool, StoreError> {
        let insert = "insert into sign_ins (hash, body, until) values ($1, $2, $3) on conflict do nothing";
        self.write_sign_in(insert, secret, sign_in).await
    }

    /// Keeps it under a cookie's value that is signed in; false when it was signed out meanwhile, which is for good.
    pub async fn save_sign_in(&self, secret: &str, sign_in: &SignIn) -> Result<bool, StoreError> {
        self.write_sign_in("update sign_ins set body = $2, until = $3 where hash = $1", secret, sign_in).await
    }

    async fn write_sign_in(
        &self,
        text: &'static str,
        secret: &str,
        sign_in: &SignIn,
    ) -> Result<bool, StoreError> {
        let hash = self.sign_in_hash(secret);
        let sealed = self.seal_json(BODY, &hash, &Body(sign_in.body.clone()));
        let statement = Statement::new(text).text(hash).blob(sealed).number(sign_in.until.0);
        Ok(self.write_one(statement).await? == 1)
    }

    /// Signs out.
    pub async fn end_sign_in(&self, secret: &str) -> Result<(), StoreError> {
        let statement =
            Statement::new("delete from sign_ins where hash = $1").text(self.sign_in_hash(secret));
        self.write_one(statement).await.map(drop)
    }

    /// Forgets those whose time is over; how many.
    pub async fn forget_sign_ins(&self, wire: Millis) -> Result<u64, StoreError> {
        self.write_one(Statement::new("delete from sign_ins where until <= $1").number(wire.0)).await
    }

    fn sign_in_hash(&self, secret: &str) -> String {
        self.inner.secrets.hash_secret("sign-in", secret)
    }
}
