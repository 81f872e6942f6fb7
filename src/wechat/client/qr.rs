//! Codes that people scan to follow the account, or to say where they come from (protocol §11).

use std::time::Duration;

use reqwest::Url;
use serde_json::{Value, json};

use super::{Answer, Client, ClientError, answer, fetch, permit};

/// A temporary code lives for 30 days at most.
const MAX_LIFE: Duration = Duration::from_hours(30 * 24);
/// A scene is a text of 1–64 characters.
const MAX_SCENE: usize = 64;
/// Largest picture of a code that is read: real ones have some ten kilobytes.
const MAX_PICTURE: usize = 1024 * 1024;
/// How a JPEG begins.
const JPEG: [u8; 3] = [0xff, 0xd8, 0xff];
/// The largest number of a permanent code.
const MAX_PERMANENT: u32 = 100_000;

/// What a scan tells us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scene {
    /// A number, not 0; of a permanent code at most 100 000.
    Number(u32),
    /// 1–64 characters.
    Text(String),
}

/// A code that people scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrCode {
    /// Fetches the picture: [`Client::qr_picture`].
    pub ticket: String,
    /// What the code says, for drawing it ourselves.
    pub url: String,
    /// How long it lives; `None` for good.
    pub expires_in: Option<Duration>,
}

impl Client {
    /// Makes a code that lives for whole seconds, up to 30 days.
    pub async fn create_qr(&self, scene: &Scene, life: Duration) -> Result<QrCode, ClientError> {
        scene.check(u32::MAX)?;
        if life.as_secs() == 0 || life > MAX_LIFE {
            return Err(ClientError::Invalid("a code lives for 1 s to 30 days"));
        }
        let action = match scene {
            Scene::Number(_) => "QR_SCENE",
            Scene::Text(_) => "QR_STR_SCENE",
        };
        let mut body = scene.body(action);
        body["expire_seconds"] = json!(life.as_secs());
        let answer = self.post("/cgi-bin/qrcode/create", &body).await?;
        let told = answer.get("expire_seconds").and_then(Value::as_u64).map(Duration::from_secs);
        QrCode::read(&answer, told.or(Some(life)))
    }

    /// Makes a code for good. The account has 100 000 of them.
    pub async fn create_permanent_qr(&self, scene: &Scene) -> Result<QrCode, ClientError> {
        scene.check(MAX_PERMANENT)?;
        let action = match scene {
            Scene::Number(_) => "QR_LIMIT_SCENE",
            Scene::Text(_) => "QR_LIMIT_STR_SCENE",
        };
        QrCode::read(&self.post("/cgi-bin/qrcode/create", &scene.body(action)).await?, None)
    }

    /// Fetches a code's picture, a JPEG.
    pub async fn qr_picture(&self, ticket: &str) -> Result<Vec<u8>, ClientError> {
        let _permit = permit(&self.downloads).await;
        let request = self.http.get(self.qr_picture_url(ticket)).timeout(self.media_timeout);
        match fetch(request, MAX_PICTURE).await? {
            Answer::Bytes(picture) if picture.starts_with(&JPEG) => Ok(picture),
            Answer::Bytes(_) | Answer::Json(_) => Err(ClientError::Unreadable),
        }
    }

    /// Where a code's picture is shown to anybody.
    pub fn qr_picture_url(&self, ticket: &str) -> String {
        let page = self.mp.at("/cgi-bin/showqrcode");
        let url = Url::parse_with_params(&page, [("ticket", ticket)]).expect("a checked address with a path");
        url.into()
    }
}

impl Scene {
    fn check(&self, max: u32) -> Result<(), ClientError> {
        match self {
            Self::Number(number) if !(1..=max).contains(number) => Err(ClientError::Invalid(
                "a scene's number is not 0, and of a permanent code at most 100 000",
            )),
            Self::Text(text) if !(1..=MAX_SCENE).contains(&text.chars().count()) => {
                Err(ClientError::Invalid("a scene has 1 to 64 characters"))
            }
            _ => Ok(()),
        }
    }

    fn body(&self, action: &str) -> Value {
        let scene = match self {
            Self::Number(number) => json!({ "scene_id": number }),
            Self::Text(text) => json!({ "scene_str": text }),
        };
        json!({ "action_name": action, "action_info": { "scene": scene } })
    }
}

impl QrCode {
    fn read(answer: &Value, expires_in: Option<Duration>) -> Result<Self, ClientError> {
        Ok(Self { ticket: answer::text(answer, "ticket")?, url: answer::text(answer, "url")?, expires_in })
    }
}
