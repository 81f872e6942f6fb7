//! The account's own things: menu, QR codes, what it knows of a follower (protocol §10, §11).

use std::time::Duration;

use reqwest::Url;
use serde_json::{Value, json};

use super::{Client, ClientError};

/// A temporary code lives for 30 days at most.
const MAX_QR_LIFE: Duration = Duration::from_hours(30 * 24);
/// A scene is a text of 1–64 characters.
const MAX_SCENE: usize = 64;
/// `menu no exist`.
const NO_MENU: i64 = 46003;

/// A code that people scan to follow the account, or to say where they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrCode {
    /// Fetches the picture: [`Client::qr_picture_url`].
    pub ticket: String,
    /// What the code says, for drawing it ourselves.
    pub url: String,
    /// How long it lives.
    pub expires_in: Duration,
}

/// What the platform tells about a person; names and pictures have not been among it since 2021.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserInfo {
    /// Whether the person follows the account.
    pub follows: bool,
    /// Wire seconds since when.
    pub subscribed_at: Option<i64>,
    /// The scene of the code through which they came, if any.
    pub scene: Option<String>,
}

impl Client {
    /// Makes a temporary code for `scene`, for whole seconds up to 30 days.
    pub async fn create_qr(&self, scene: &str, life: Duration) -> Result<QrCode, ClientError> {
        if !(1..=MAX_SCENE).contains(&scene.chars().count()) {
            return Err(ClientError::Invalid("a scene has 1 to 64 characters"));
        }
        if life.as_secs() == 0 || life > MAX_QR_LIFE {
            return Err(ClientError::Invalid("a code lives for 1 s to 30 days"));
        }
        let body = json!({
            "expire_seconds": life.as_secs(),
            "action_name": "QR_STR_SCENE",
            "action_info": { "scene": { "scene_str": scene } },
        });
        let answer = self.post("/cgi-bin/qrcode/create", &body).await?;
        let expires_in = answer["expire_seconds"].as_u64().map_or(life, Duration::from_secs);
        Ok(QrCode { ticket: super::text(&answer, "ticket")?, url: super::text(&answer, "url")?, expires_in })
    }

    /// Where a code's picture is shown to anybody.
    pub fn qr_picture_url(&self, ticket: &str) -> String {
        let page = self.mp.at("/cgi-bin/showqrcode");
        let url = Url::parse_with_params(&page, [("ticket", ticket)]).expect("a checked address with a path");
        url.into()
    }

    /// Replaces the account's menu: `{"button":[…]}` in the platform's own form.
    pub async fn create_menu(&self, menu: &Value) -> Result<(), ClientError> {
        self.post("/cgi-bin/menu/create", menu).await.map(|_| ())
    }

    /// The account's menu in the platform's own form, or `None` when it has none.
    pub async fn menu(&self) -> Result<Option<Value>, ClientError> {
        match self.get("/cgi-bin/menu/get", &[]).await {
            Ok(mut answer) => {
                answer.get_mut("menu").map(|menu| Some(menu.take())).ok_or(ClientError::Unreadable)
            }
            Err(ClientError::Api(refused)) if refused.code == NO_MENU => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Takes the account's menu away, conditional ones included.
    pub async fn delete_menu(&self) -> Result<(), ClientError> {
        self.get("/cgi-bin/menu/delete", &[]).await.map(|_| ())
    }

    /// What the platform knows of a person.
    pub async fn user_info(&self, open_id: &str) -> Result<UserInfo, ClientError> {
        let answer = self.get("/cgi-bin/user/info", &[("openid", open_id), ("lang", "zh_CN")]).await?;
        let follows = answer["subscribe"].as_i64().ok_or(ClientError::Unreadable)? == 1;
        let scene = answer["qr_scene_str"].as_str().filter(|scene| !scene.is_empty()).map(str::to_owned);
        Ok(UserInfo { follows, subscribed_at: answer["subscribe_time"].as_i64(), scene })
    }
}
