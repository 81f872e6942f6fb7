//! The description of the API (OpenAPI 3.1), put together from what the handlers say of themselves.

use utoipa::{
    PartialSchema as _,
    openapi::{
        ComponentsBuilder, ContactBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathsBuilder, RefOr, Schema,
        path::PathItem,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::problem::{FieldError, ProblemBody};

/// What an office's developers read first.
const ABOUT: &str = "各地考办的系统用这些接口办后台能办的事：看申请、审核、记录初审、导入数据。

每个请求带上 `Authorization: Bearer 密钥`。密钥由管理员在后台“接口密钥”里添加，写明角色和范围，只显示一次。

会改变数据的请求还要带 `Idempotency-Key`：每件事一个新的，没有收到回答就用同一个再发，24 小时内回答一样，不会做两遍。

名单一页一页列，下一页用回答里的 `next`。没有办成的请求回答 `application/problem+json`（RFC 9457），`type` 说明是哪一种，`detail` 说明怎么办。";

/// The whole description.
pub(super) fn describe(paths: Vec<(String, PathItem)>, schemas: Vec<(String, RefOr<Schema>)>) -> OpenApi {
    let info = InfoBuilder::new()
        .title("毕业审核接口")
        .version("1")
        .description(Some(ABOUT))
        .contact(Some(ContactBuilder::new().name(Some("省考办")).build()));
    let key = Http::builder().scheme(HttpAuthScheme::Bearer).description(Some("接口密钥")).build();
    let components = ComponentsBuilder::new()
        .security_scheme("key", SecurityScheme::Http(key))
        .schemas_from_iter(schemas)
        .schema("Problem", ProblemBody::schema())
        .schema("FieldError", FieldError::schema());
    let paths = paths.into_iter().fold(PathsBuilder::new(), |paths, (path, item)| paths.path(path, item));
    OpenApiBuilder::new().info(info.build()).components(Some(components.build())).paths(paths.build()).build()
}
