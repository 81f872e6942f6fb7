//! What is about the account: tokens, quotas, network, people, tags, menus, codes, web pages.

use super::*;

const OK: &str = "()";

pub(super) fn rows() -> Vec<Row> {
    let mut rows = service();
    rows.extend(people());
    rows.extend(tags());
    rows.extend(menus());
    rows.extend(pages());
    rows
}

fn service() -> Vec<Row> {
    vec![
        row!("GET" "/cgi-bin/token" { "grant_type": "client_credential", "appid": "wx1", "secret": "s3cret" }
            => { "access_token": "p", "expires_in": 7200 }, "(\"p\", 7200s)",
            |client| async { client.plain_token().await.map(|token| (token.value, token.expires_in)) }),
        row!("POST" "/cgi-bin/openapi/quota/get" { "cgi_path": "/cgi-bin/menu/get" }
            => { "errcode": 0, "quota": { "daily_limit": 10, "used": 3, "remain": 7 } },
            "Quota { limit: 10, used: 3, left: 7 }", |client| client.quota("/cgi-bin/menu/get")),
        row!("POST" "/cgi-bin/clear_quota" { "appid": "wx1" } => { "errcode": 0 }, OK, |client| client.clear_quota()),
        row!("POST" "/cgi-bin/openapi/rid/get" { "rid": "61725984-6126f6f9-040f19c4" }
        => { "errcode": 0, "request": { "invoke_time": 1, "cost_in_ms": 30, "request_url": "u", "request_body": "{}",
             "response_body": "{}", "client_ip": "1.2.3.4" } },
        "(30, \"1.2.3.4\")", |client| async {
            let found = client.request_record("61725984-6126f6f9-040f19c4").await;
            found.map(|found| (found.cost_in_ms, found.client_ip))
        }),
        row!("POST" "/cgi-bin/callback/check" { "action": "all", "check_operator": "DEFAULT" }
            => { "dns": [{ "ip": "1.2.3.4", "real_operator": "UNICOM" }],
                 "ping": [{ "ip": "1.2.3.4", "from_operator": "CAP", "package_loss": "0%", "time": "23.079ms" }] },
            "CallbackCheck { dns: [Resolved { ip: \"1.2.3.4\", real_operator: \"UNICOM\" }], \
             ping: [Pinged { ip: \"1.2.3.4\", from_operator: \"CAP\", package_loss: \"0%\", time: \"23.079ms\" }] }",
            |client| client.check_callback(Probe::All, Carrier::Any)),
        row!("GET" "/cgi-bin/getcallbackip" {} => { "ip_list": ["101.226.62.77", "101.226.103.0/25"] },
            "[\"101.226.62.77\", \"101.226.103.0/25\"]", |client| client.callback_addresses()),
        row!("GET" "/cgi-bin/get_api_domain_ip" {} => { "ip_list": [] }, "[]", |client| client.api_addresses()),
    ]
}

fn people() -> Vec<Row> {
    vec![
        row!("POST" "/cgi-bin/user/info/batchget"
            { "user_list": [{ "openid": "a", "lang": "zh_CN" }, { "openid": "b", "lang": "zh_CN" }] }
            => { "user_info_list": [
                { "subscribe": 1, "openid": "a", "subscribe_time": 9, "remark": "老", "tagid_list": [128], "unionid": "u",
                  "subscribe_scene": "ADD_SCENE_QR_CODE", "qr_scene_str": "s" },
                { "subscribe": 0, "openid": "b" }] },
            "[UserInfo { open_id: \"a\", follows: true, subscribed_at: Some(9), union_id: Some(\"u\"), remark: \"老\", \
             tags: [128], came_by: Some(\"ADD_SCENE_QR_CODE\"), scene: Some(\"s\") }, \
             UserInfo { open_id: \"b\", follows: false, subscribed_at: None, union_id: None, remark: \"\", tags: [], \
             came_by: None, scene: None }]",
            |client| client.users_info(&["a", "b"])),
        row!("GET" "/cgi-bin/user/get" { "next_openid": "a" }
            => { "total": 3, "count": 1, "data": { "openid": ["b"] }, "next_openid": "b" },
            "People { total: Some(3), open_ids: [\"b\"], next: Some(\"b\") }",
            |client| client.followers_after(Some("a"))),
        row!("GET" "/cgi-bin/user/get" {} => { "total": 0, "count": 0, "next_openid": "" },
            "People { total: Some(0), open_ids: [], next: None }", |client| client.followers_after(None)),
        row!("POST" "/cgi-bin/user/info/updateremark" { "openid": "a", "remark": "王老师" } => { "errcode": 0 }, OK,
            |client| client.set_remark("a", "王老师")),
        row!("GET" "/cgi-bin/user/info" { "openid": "a", "lang": "zh_CN" } => { "subscribe": "1", "openid": "a" },
            "true", |client| async { client.user_info("a").await.map(|info| info.follows) }),
    ]
}

fn tags() -> Vec<Row> {
    vec![
        row!("POST" "/cgi-bin/tags/create" { "tag": { "name": "广州" } } => { "tag": { "id": 134, "name": "广州" } },
            "Tag { id: 134, name: \"广州\", count: 0 }", |client| client.create_tag("广州")),
        row!("GET" "/cgi-bin/tags/get" {} => { "tags": [{ "id": 1, "name": "黑", "count": 2 }] },
            "[Tag { id: 1, name: \"黑\", count: 2 }]", |client| client.tags()),
        row!("POST" "/cgi-bin/tags/update" { "tag": { "id": 134, "name": "深圳" } } => { "errcode": 0 }, OK,
            |client| client.rename_tag(134, "深圳")),
        row!("POST" "/cgi-bin/tags/delete" { "tag": { "id": 134 } } => { "errcode": 0 }, OK, |client| client.delete_tag(134)),
        row!("POST" "/cgi-bin/user/tag/get" { "tagid": 134, "next_openid": "" }
            => { "count": 1, "data": { "openid": ["a"] }, "next_openid": "a" },
            "People { total: None, open_ids: [\"a\"], next: Some(\"a\") }", |client| client.tagged_after(134, None)),
        row!("POST" "/cgi-bin/tags/members/batchtagging" { "openid_list": ["a"], "tagid": 134 } => { "errcode": 0 }, OK,
            |client| client.tag_people(134, &["a"])),
        row!("POST" "/cgi-bin/tags/members/batchuntagging" { "openid_list": ["a"], "tagid": 134 } => { "errcode": 0 }, OK,
            |client| client.untag_people(134, &["a"])),
        row!("POST" "/cgi-bin/tags/getidlist" { "openid": "a" } => { "tagid_list": [134, 2] }, "[134, 2]",
            |client| client.tags_of("a")),
        row!("POST" "/cgi-bin/tags/members/getblacklist" { "begin_openid": "a" }
            => { "total": 1, "count": 1, "data": { "openid": ["b"] }, "next_openid": "b" },
            "People { total: Some(1), open_ids: [\"b\"], next: Some(\"b\") }", |client| client.blocked_after(Some("a"))),
        row!("POST" "/cgi-bin/tags/members/batchblacklist" { "openid_list": ["b"] } => { "errcode": 0 }, OK,
            |client| client.block(&["b"])),
        row!("POST" "/cgi-bin/tags/members/batchunblacklist" { "openid_list": ["b"] } => { "errcode": 0 }, OK,
            |client| client.unblock(&["b"])),
    ]
}

fn menu() -> Value {
    json!({ "button": [{ "type": "click", "name": "申请", "key": "APPLY" }] })
}

fn menus() -> Vec<Row> {
    vec![
        row!("POST" "/cgi-bin/menu/create" { "button": [{ "type": "click", "name": "申请", "key": "APPLY" }] }
            => { "errcode": 0 }, OK, |client| async { client.create_menu(&menu()).await }),
        row!("GET" "/cgi-bin/menu/delete" {} => { "errcode": 0 }, OK, |client| client.delete_menu()),
        row!("GET" "/cgi-bin/menu/get" {}
            => { "menu": { "button": [] }, "conditionalmenu": [{ "button": [], "menuid": 208_396_993 }] },
            "1", |client| async { client.conditional_menus().await.map(|menus| menus.len()) }),
        row!("POST" "/cgi-bin/menu/addconditional"
        { "button": [{ "type": "click", "name": "申请", "key": "APPLY" }],
          "matchrule": { "tag_id": "134", "client_platform_type": "2" } }
        => { "menuid": "208379533" }, "\"208379533\"", |client| async {
            let rule = MatchRule { tag: Some(134), phone: Some(Phone::Android) };
            client.add_conditional_menu(&menu(), rule).await
        }),
        row!("POST" "/cgi-bin/menu/delconditional" { "menuid": "208379533" } => { "errcode": 0 }, OK,
            |client| client.delete_conditional_menu("208379533")),
        row!("POST" "/cgi-bin/menu/trymatch" { "user_id": "a" } => { "button": [1, 2] }, "2", |client| async {
            client.try_menu("a").await.map(|buttons| buttons.as_array().map_or(0, Vec::len))
        }),
        row!("GET" "/cgi-bin/get_current_selfmenu_info" {} => { "is_menu_open": 1, "selfmenu_info": { "button": [] } },
            "PresentMenu { is_open: true, buttons: Array [] }", |client| client.present_menu()),
        row!("POST" "/cgi-bin/qrcode/create"
            { "action_name": "QR_SCENE", "action_info": { "scene": { "scene_id": 7 } }, "expire_seconds": 60 }
            => { "ticket": "t", "url": "u", "expire_seconds": 59 },
            "QrCode { ticket: \"t\", url: \"u\", expires_in: Some(59s) }",
            |client| client.create_qr(&Scene::Number(7), Duration::from_mins(1))),
        row!("POST" "/cgi-bin/qrcode/create"
            { "action_name": "QR_LIMIT_STR_SCENE", "action_info": { "scene": { "scene_str": "天河" } } }
            => { "ticket": "t", "url": "u" }, "QrCode { ticket: \"t\", url: \"u\", expires_in: None }",
            |client| async { client.create_permanent_qr(&Scene::Text("天河".into())).await }),
        row!("POST" "/cgi-bin/qrcode/create"
            { "action_name": "QR_LIMIT_SCENE", "action_info": { "scene": { "scene_id": 100_000 } } }
            => { "ticket": "t", "url": "u" }, "QrCode { ticket: \"t\", url: \"u\", expires_in: None }",
            |client| client.create_permanent_qr(&Scene::Number(100_000))),
    ]
}

/// What failed, whoever's token it was about.
fn plain(error: AuthorizationError) -> ClientError {
    match error {
        AuthorizationError::Over(refused) => ClientError::Api(refused),
        AuthorizationError::Failed(error) => error,
    }
}

fn pages() -> Vec<Row> {
    vec![
        row!("GET" "/sns/oauth2/access_token"
        { "appid": "wx1", "secret": "s3cret", "code": "c", "grant_type": "authorization_code" }
        => { "access_token": "a", "expires_in": 7200, "refresh_token": "r", "openid": "o", "scope": "snsapi_base",
             "is_snapshotuser": 1 },
        "(\"a\", \"r\", \"o\", true)", |client| async {
            let found = client.authorize("c").await;
            found.map(|it| (it.access_token, it.refresh_token, it.open_id, it.is_snapshot)).map_err(plain)
        }),
        row!("GET" "/sns/oauth2/refresh_token" { "appid": "wx1", "grant_type": "refresh_token", "refresh_token": "r" }
        => { "access_token": "b", "expires_in": 7200, "refresh_token": "r", "openid": "o", "scope": "snsapi_base" },
        "(\"b\", false)", |client| async {
            client.renew_authorization("r").await.map(|it| (it.access_token, it.is_snapshot)).map_err(plain)
        }),
        row!("GET" "/sns/userinfo" { "access_token": "a", "openid": "o", "lang": "zh_CN" }
        => { "openid": "o", "nickname": "小陈", "sex": 1, "headimgurl": "h", "privilege": [] },
        "(\"o\", \"小陈\", \"h\")", |client| async {
            client.profile("a", "o").await.map(|it| (it.open_id, it.nickname, it.picture_url)).map_err(plain)
        }),
        row!("GET" "/sns/auth" { "access_token": "a", "openid": "o" } => { "errcode": 0, "errmsg": "ok" }, "true",
            |client| client.is_authorized("a", "o")),
    ]
}
