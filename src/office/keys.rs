//! Keys of the JSON API, by which an office's own system acts without a person at a console.
//!
//! A key is an account of a kind: it has a role with a place, and what it does stands in the audit under `key:NAME`, which
//! no account can be called. Beyond the role it has scopes, which narrow what the role may; never does a key do what its
//! role may not. It ends by itself within a year. The secret is 256 random bits, shown once; what is stored is its
//! SHA-256, because a slow hash helps only what people choose. Whoever shows a key learns nothing but whether it opens.

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{Act, Role, Who, accounts::is_name};
use crate::{
    ids::Ids,
    secrets::hex,
    store::{ApiKeyRow, StaffRow, Store, StoreError},
    time::Millis,
    turn::Audit,
};

/// Longest life of a key, in days.
pub const DAYS_MAX: u16 = 365;
/// What every key begins with: it is recognised where somebody has pasted it by mistake.
const PREFIX: &str = "gradbot_";
/// Bytes of the half that names the key, and of the secret one.
const ID_BYTES: usize = 8;
const SECRET_BYTES: usize = 32;
/// The last use is written down at most once a minute, not with every request.
const SLACK_SECONDS: i64 = 60;
const DAY_SECONDS: i64 = 24 * 3600;

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "`SCOPES` says what each is")]
pub enum Scope {
    CasesRead,
    CasesWhole,
    Photos,
    CasesDecide,
    CasesExport,
    Onsite,
    Conclude,
    People,
    PeopleUnbind,
    Inquiries,
    Deliveries,
    Overview,
    Data,
    AuditRead,
}

/// Every scope: its name, the act that the key's role must be allowed besides, and what people call it.
pub const SCOPES: [(Scope, &str, Act, &str); 14] = [
    (Scope::Overview, "overview", Act::SeeOverview, "看进度数字"),
    (Scope::CasesRead, "cases:read", Act::SeeCases, "看申请，个人信息遮盖"),
    (Scope::CasesWhole, "cases:whole", Act::SeeCases, "看考生的完整信息，不遮盖"),
    (Scope::Photos, "photos", Act::SeeCases, "看照片，带水印"),
    (Scope::CasesDecide, "cases:decide", Act::Review, "取申请来审核、审核、收回审核"),
    (Scope::CasesExport, "cases:export", Act::Export, "导出申请名册，个人信息不遮盖"),
    (Scope::Onsite, "onsite", Act::RecordOnsite, "现场名单、记录初审"),
    (Scope::Conclude, "conclude", Act::Conclude, "毕业审核"),
    (Scope::People, "people", Act::FindPeople, "查找考生"),
    (Scope::PeopleUnbind, "people:unbind", Act::Unbind, "解除和恢复绑定"),
    (Scope::Inquiries, "inquiries", Act::AnswerInquiries, "看留言、回复留言"),
    (Scope::Deliveries, "deliveries", Act::Retry, "看没有送到的通知、再发"),
    (Scope::Data, "data", Act::Import, "批次、办理地点、导入"),
    (Scope::AuditRead, "audit:read", Act::SeeAudit, "看审计"),
];

impl Scope {
    /// Its name in keys and in the API's description.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// What the role must be allowed besides.
    pub fn act(self) -> Act {
        self.row().2
    }

    /// What people call it.
    pub fn words(self) -> &'static str {
        self.row().3
    }

    /// The scope of a name.
    pub fn parse(name: &str) -> Option<Self> {
        SCOPES.iter().find(|(_, known, ..)| *known == name).map(|(scope, ..)| *scope)
    }

    fn row(self) -> &'static (Self, &'static str, Act, &'static str) {
        SCOPES.iter().find(|(scope, ..)| *scope == self).expect("a test looks for every scope")
    }
}

/// A key that is to be.
#[derive(Debug, Clone)]
pub struct NewKey<'k> {
    /// For people, and in the audit.
    pub name: &'k str,
    /// What it is, like an account's. The caller has looked whether the place exists.
    pub role: &'k Role,
    /// What it may be used for.
    pub scopes: &'k [Scope],
    /// How long it opens anything, in days.
    pub days: u16,
}

/// Why there is no key, or why it still opens.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The acting account's role may not.
    #[error("the role may not do this")]
    Role,
    /// Not a name.
    #[error("a name has 1 to 32 characters without spaces")]
    Name,
    /// The name is taken, perhaps by a key that was revoked.
    #[error("the name is taken")]
    Taken,
    /// It would open nothing.
    #[error("no scope was named")]
    NoScope,
    /// The key's role may not do this.
    #[error("the role may not do what the scope is for")]
    Scope(Scope),
    /// Too long, or no time at all.
    #[error("a key lasts 1 to {DAYS_MAX} days")]
    Days,
    /// There is no key of this name that still opens anything.
    #[error("there is no such key")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds a key. Returns what its owner keeps, which nobody can show again, and the row.
pub async fn add(
    store: &Store,
    ids: &Ids,
    who: Who<'_>,
    new: &NewKey<'_>,
    now: Millis,
) -> Result<(String, ApiKeyRow), KeyError> {
    may_manage(who)?;
    check(new)?;
    let (id, secret) = (hex(&ids.bytes::<ID_BYTES>()), hex(&ids.bytes::<SECRET_BYTES>()));
    let (kind, place) = new.role.columns();
    let uses: Vec<&str> = new.scopes.iter().map(|scope| scope.name()).collect();
    let key = ApiKeyRow {
        hash: digest(&secret).to_vec(),
        name: new.name.to_owned(),
        role: kind.to_owned(),
        scope: place.to_owned(),
        uses: uses.join(" "),
        created_at: now,
        expires_at: now.plus_seconds(i64::from(new.days) * DAY_SECONDS),
        used_at: None,
        revoked_at: None,
        id,
    };
    let account = account(&key);
    let audit = Audit {
        actor: who.actor(),
        act: "add_key".to_owned(),
        subject: account.name.clone(),
        detail: format!("{}: {}, {} days", account.role_text(), key.uses, new.days),
    };
    if !store.add_api_key(&key, &audit, now).await? {
        return Err(KeyError::Taken);
    }
    Ok((format!("{PREFIX}{}_{secret}", key.id), key))
}

fn check(new: &NewKey<'_>) -> Result<(), KeyError> {
    if !is_name(new.name) {
        return Err(KeyError::Name);
    }
    if new.scopes.is_empty() {
        return Err(KeyError::NoScope);
    }
    if let Some(beyond) = new.scopes.iter().find(|scope| !new.role.may(scope.act())) {
        return Err(KeyError::Scope(*beyond));
    }
    if (1..=DAYS_MAX).contains(&new.days) { Ok(()) } else { Err(KeyError::Days) }
}

/// Ends a key for good: the next request with it is refused.
pub async fn revoke(store: &Store, who: Who<'_>, name: &str, now: Millis) -> Result<(), KeyError> {
    may_manage(who)?;
    let audit = Audit {
        actor: who.actor(),
        act: "revoke_key".to_owned(),
        subject: format!("key:{name}"),
        detail: String::new(),
    };
    if store.revoke_api_key(name, &audit, now).await? { Ok(()) } else { Err(KeyError::Unknown) }
}

/// Every key that there is or was.
pub async fn list(store: &Store, who: Who<'_>) -> Result<Vec<ApiKeyRow>, KeyError> {
    may_manage(who)?;
    Ok(store.list_api_keys().await?)
}

fn may_manage(who: Who<'_>) -> Result<(), KeyError> {
    if who.may(Act::ManageAccounts) { Ok(()) } else { Err(KeyError::Role) }
}

/// A key that opens, as whoever acts by it.
#[derive(Clone)]
pub struct Holder {
    /// For `office`: an account by the name of `key:NAME`, which cannot sign in.
    pub account: StaffRow,
    /// What it is.
    pub role: Role,
    /// What it may be used for; names that this program does not know are left out.
    pub scopes: Vec<Scope>,
    /// The key itself.
    pub key: ApiKeyRow,
}

/// Who holds this key; `None` if it opens nothing, whyever.
pub async fn open(store: &Store, shown: &str, now: Millis) -> Result<Option<Holder>, StoreError> {
    let Some((id, secret)) = shown.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_')) else {
        return Ok(None);
    };
    let is_hex = |text: &str, bytes: usize| {
        text.len() == 2 * bytes && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    if !is_hex(id, ID_BYTES) || !is_hex(secret, SECRET_BYTES) {
        return Ok(None);
    }
    let Some(key) = store.api_key(id).await? else { return Ok(None) };
    let is_right: bool = digest(secret).ct_eq(&key.hash).into();
    let account = account(&key);
    let (true, true, Some(role)) = (is_right, is_good(&key, now), Role::of(&account)) else {
        return Ok(None);
    };
    if key.used_at.is_none_or(|used| now.since(used) > SLACK_SECONDS * 1000) {
        store.note_api_key(&key.id, now).await?;
    }
    let scopes = key.uses.split(' ').filter_map(Scope::parse).collect();
    Ok(Some(Holder { account, role, scopes, key }))
}

/// Whether a key opens anything at this time.
pub fn is_good(key: &ApiKeyRow, now: Millis) -> bool {
    key.revoked_at.is_none() && now < key.expires_at
}

fn account(key: &ApiKeyRow) -> StaffRow {
    StaffRow::new(&format!("key:{}", key.name), String::new(), &key.role, &key.scope)
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_stands_in_the_table_once_and_some_role_may_use_it() {
        for (scope, name, act, words) in SCOPES {
            assert_eq!((Scope::parse(name), scope.name(), scope.words()), (Some(scope), name, words));
            let doers = super::super::DOERS.iter().find(|(known, _)| *known == act);
            assert!(doers.is_some_and(|(_, kinds)| !kinds.is_empty()), "{name}");
            assert!(!name.contains(' '), "{name}: blanks stand between scopes");
        }
    }

    #[test]
    fn a_key_is_never_more_than_its_role() {
        let city = Role::City("广州市".into());
        let rows: [(&str, &Role, &[Scope], u16, bool); 8] = [
            ("系统", &city, &[Scope::CasesRead, Scope::CasesDecide], 365, true),
            ("系统", &city, &[Scope::Conclude], 30, false),
            ("系统", &city, &[], 30, false),
            ("系统", &city, &[Scope::CasesRead], 0, false),
            ("系统", &city, &[Scope::CasesRead], 366, false),
            ("key:系统", &city, &[Scope::CasesRead], 30, false),
            ("系统", &Role::Announcer, &[Scope::CasesRead], 30, false),
            ("系统", &Role::Admin, &[Scope::CasesDecide], 30, false),
        ];
        for (name, role, scopes, days, expected) in rows {
            let new = NewKey { name, role, scopes, days };
            assert_eq!(check(&new).is_ok(), expected, "{new:?}");
        }
    }
}
