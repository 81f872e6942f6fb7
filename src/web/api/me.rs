//! The key itself.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{caller::Caller, said::Moment};
use crate::{
    office::keys::{SCOPES, Scope},
    web::Site,
};

/// 调用者自己的密钥
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    /// 密钥的名字
    #[schema(example = "广州市考籍系统")]
    name: String,
    /// 审计里怎样记它
    #[schema(example = "staff:key:广州市考籍系统")]
    actor: String,
    /// 角色
    #[schema(example = "city:广州市")]
    role: String,
    /// 能做什么
    scopes: Vec<ScopeSaid>,
    /// 什么时候失效
    expires_at: Moment,
    /// 当前批次
    #[schema(example = "2026-06")]
    batch: String,
}

/// 密钥的一个范围
#[derive(Serialize, ToSchema)]
#[schema(as = Scope)]
pub(super) struct ScopeSaid {
    /// 代码
    #[schema(example = "cases:read")]
    name: &'static str,
    /// 意思
    words: &'static str,
}

impl From<Scope> for ScopeSaid {
    fn from(scope: Scope) -> Self {
        Self { name: scope.name(), words: scope.words() }
    }
}

/// 看自己的密钥
///
/// 密钥的名字、角色、范围和失效时间。任何有效的密钥都可以调用，适合用来检查连接。
#[utoipa::path(get, path = "/api/v1/me", tag = "密钥", operation_id = "me",
    responses((status = 200, description = "密钥", body = Me)))]
pub(super) async fn me(State(site): State<Site>, caller: Caller) -> Json<Me> {
    let world = site.runner.world.load();
    let held = SCOPES.iter().map(|(scope, ..)| *scope).filter(|scope| caller.0.scopes.contains(scope));
    Json(Me {
        name: caller.0.key.name.clone(),
        actor: caller.actor(),
        role: caller.account().role_text(),
        scopes: held.map(ScopeSaid::from).collect(),
        expires_at: Moment::new(caller.0.key.expires_at, &world.zone),
        batch: world.batch.id.clone(),
    })
}
