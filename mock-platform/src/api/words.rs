//! The words of the rarer errcodes: accounts, media, menus, web pages, agents. Those marked (K) in the protocol are
//! common knowledge and easy to change here.

/// The usual words; `error` for a code that nobody has described.
pub(super) fn of(code: i64) -> &'static str {
    account(code).or_else(|| media(code)).or_else(|| menu(code)).or_else(|| agents(code)).unwrap_or("error")
}

fn account(code: i64) -> Option<&'static str> {
    Some(match code {
        10003 => "redirect_uri domain mismatch",
        40030 => "invalid refresh_token",
        40243 => "AppSecret has been frozen",
        42002 => "refresh_token expired",
        45011 => "api minute-quota reach limit, must slower, retry next minute",
        48001 => "api unauthorized",
        50001 => "api unauthorized by user",
        76001 => "rid not found",
        76002 => "rid is error",
        76021 => "cgi_path not found, please check",
        89501 => "the administrator has not confirmed yet",
        89503 => "the administrator has to confirm this call",
        89506 => "the administrator has refused this ip, try again after 24 hours",
        89507 => "the administrator has refused this ip, try again after 1 hour",
        _ => return None,
    })
}

fn media(code: i64) -> Option<&'static str> {
    Some(match code {
        40006 => "invalid file size",
        40009 => "invalid image size",
        40010 => "invalid voice size",
        40011 => "invalid video size",
        40012 => "invalid thumb size",
        41006 => "media_id missing",
        45007 => "playtime out of limit",
        46001 => "media data no exist",
        _ => return None,
    })
}

fn menu(code: i64) -> Option<&'static str> {
    Some(match code {
        40054 => "invalid sub button url domain",
        40055 => "invalid button url domain",
        65301 => "menuid no exist",
        65302 => "no such user",
        65303 => "there is no selfmenu, please create selfmenu first",
        65304 => "match rule empty",
        65305 => "menu count limit",
        65306 => "conditional menu not support",
        65307 => "conditional menu is empty",
        65308 => "exist empty button act",
        65316 => "too many url domains",
        65317 => "invalid url",
        _ => return None,
    })
}

fn agents(code: i64) -> Option<&'static str> {
    Some(match code {
        53600 => "invalid article_id",
        61451 | 65416 => "invalid parameter",
        61452 => "invalid kf_account",
        61453 => "kf_account exsited",
        61454 => "invalid kf_acount length",
        61455 => "illegal character in kf_account",
        61456 => "kf_account count exceeded",
        61457 => "invalid file type",
        65413 => "no such session",
        65414 => "the customer is served by another agent",
        65415 => "the agent is not online",
        65417 => "time range out of limit",
        _ => return None,
    })
}
