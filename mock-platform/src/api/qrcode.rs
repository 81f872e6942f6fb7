//! QR codes that carry a scene (protocol §11).

use std::io::Cursor;
use std::sync::Arc;

use axum::http::Method;
use image::{GrayImage, ImageFormat, Luma};
use qrcode::{Color, QrCode};
use serde_json::{Value, json};

use super::Answer;
use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::Call;
use crate::draw;
use crate::model::Ticket;
use crate::platform::Platform;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/cgi-bin/qrcode/create", Some(100_000), create),
    endpoint::open("/cgi-bin/showqrcode", Method::GET, show),
];

/// A temporary code lives 30 days at most, 60 s when nothing is said.
const LONGEST: i64 = 2_592_000;
const DEFAULT: i64 = 60;
/// Pixels of a module, and the quiet zone in modules.
const MODULE: u32 = 10;
const QUIET: u32 = 4;

/// POST `/cgi-bin/qrcode/create`.
pub(crate) fn create(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let action = request["action_name"].as_str().unwrap_or_default();
    let scene = scene_of(action, &request["action_info"]["scene"])?;
    let temporary = matches!(action, "QR_SCENE" | "QR_STR_SCENE");
    let life = request["expire_seconds"].as_i64().unwrap_or(DEFAULT).clamp(DEFAULT, LONGEST);
    let mut state = platform.state();
    if !temporary {
        // A permanent scene has one code, however often it is asked for (K).
        let permanent = || state.tickets.iter().filter(|(_, ticket)| ticket.until.is_none());
        if let Some((name, ticket)) = permanent().find(|(_, ticket)| ticket.scene == scene) {
            return Ok(Answer::Json(json!({ "ticket": name, "url": ticket.url })));
        }
        if permanent().count() >= platform.options.permanent_codes {
            return Err(ApiError::with(45029, "qrcode count out of limit"));
        }
    }
    let name = draw::word(96);
    let url = format!("http://weixin.qq.com/q/{}", draw::word(22));
    let until = temporary.then(|| platform.now() + life);
    let ticket = Ticket { scene, url: url.clone(), until };
    state.tickets.insert(name.clone(), ticket);
    let mut answer = json!({ "ticket": name, "url": url });
    if temporary {
        answer["expire_seconds"] = json!(life);
    }
    Ok(Answer::Json(answer))
}

fn scene_of(action: &str, scene: &Value) -> Result<String, ApiError> {
    let number = scene["scene_id"].as_u64();
    let text = scene["scene_str"].as_str().filter(|text| (1..=64).contains(&text.chars().count()));
    let scene = match action {
        "QR_SCENE" => number.filter(|n| (1..=u64::from(u32::MAX)).contains(n)).map(|n| n.to_string()),
        "QR_LIMIT_SCENE" => number.filter(|n| (1..=100_000).contains(n)).map(|n| n.to_string()),
        "QR_STR_SCENE" | "QR_LIMIT_STR_SCENE" => text.map(str::to_owned),
        _ => return Err(ApiError::with(40035, "invalid parameter: action_name")),
    };
    scene.ok_or_else(|| ApiError::with(40035, "invalid parameter: scene"))
}

/// GET `/cgi-bin/showqrcode`: a JPEG; 404 for a ticket that is not (or no longer) known.
pub(crate) fn show(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let now = platform.now();
    let ticket = platform.state().tickets.get(call.query("ticket")).cloned();
    let Some(ticket) = ticket.filter(|ticket| ticket.until.is_none_or(|until| now < until)) else {
        return Ok(Answer::NotFound);
    };
    let bytes = picture(&ticket.url).ok_or_else(|| ApiError::of(-1))?;
    Ok(Answer::File { content_type: "image/jpeg", name: None, bytes: bytes.into() })
}

fn picture(text: &str) -> Option<Vec<u8>> {
    let code = QrCode::new(text).ok()?;
    let side = code.width() as u32 + 2 * QUIET;
    let picture = GrayImage::from_fn(side * MODULE, side * MODULE, |x, y| {
        let module = |at: u32| (at / MODULE).checked_sub(QUIET).filter(|at| *at < code.width() as u32);
        match (module(x), module(y)) {
            (Some(x), Some(y)) if code[(x as usize, y as usize)] == Color::Dark => Luma([0]),
            _ => Luma([255]),
        }
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).ok()?;
    Some(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_a_code_with_a_quiet_zone() {
        let picture =
            image::load_from_memory(&picture("http://weixin.qq.com/q/abc").unwrap()).unwrap().to_luma8();
        assert!(picture.get_pixel(5, 5).0[0] > 200, "the zone around it is white");
        assert!(picture.get_pixel(45, 45).0[0] < 60, "the finder pattern starts in the corner");
    }

    #[test]
    fn scenes_have_bounds() {
        let id = |action, n: i64| scene_of(action, &json!({ "scene_id": n })).is_ok();
        assert!(id("QR_SCENE", 4_294_967_295) && !id("QR_SCENE", 0) && !id("QR_SCENE", 4_294_967_296));
        assert!(id("QR_LIMIT_SCENE", 100_000) && !id("QR_LIMIT_SCENE", 100_001));
        let text = |s: &str| scene_of("QR_STR_SCENE", &json!({ "scene_str": s })).is_ok();
        assert!(text("位置") && !text("") && !text(&"a".repeat(65)));
    }
}
