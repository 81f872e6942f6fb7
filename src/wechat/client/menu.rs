//! The account's menu, and those that only some people see (protocol §11).
//!
//! A menu travels in the platform's own form, `{"button":[…]}`; that it is within the limits is checked where it is
//! written (`dialog::check`). Clients fetch a new menu after five minutes at the earliest.

use serde_json::{Value, json};

use super::{Client, ClientError, answer};
use crate::wechat::error::NO_MENU;

/// Who sees a conditional menu: everybody to whom all that is given applies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MatchRule {
    /// Those who have this tag.
    pub tag: Option<i64>,
    /// Those who use this kind of phone.
    pub phone: Option<Phone>,
}

/// A kind of phone, as menus tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phone {
    /// iOS.
    Apple,
    /// Android.
    Android,
    /// Anything else.
    Other,
}

/// The menu as it is at present, whether made by the API or in the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentMenu {
    /// Whether people see it.
    pub is_open: bool,
    /// In the console's form, which differs from the API's where buttons lead to material.
    pub buttons: Value,
}

impl Client {
    /// Replaces the account's menu: `{"button":[…]}` in the platform's own form.
    pub async fn create_menu(&self, menu: &Value) -> Result<(), ClientError> {
        self.post("/cgi-bin/menu/create", menu).await.map(|_| ())
    }

    /// The account's menu in the platform's own form, or `None` when it has none.
    pub async fn menu(&self) -> Result<Option<Value>, ClientError> {
        let Some(answer) = self.menus().await? else { return Ok(None) };
        answer.get("menu").cloned().map(Some).ok_or(ClientError::Unreadable)
    }

    /// The conditional menus, each with its `menuid`.
    pub async fn conditional_menus(&self) -> Result<Vec<Value>, ClientError> {
        let Some(answer) = self.menus().await? else { return Ok(Vec::new()) };
        answer.get("conditionalmenu").map_or(Ok(Vec::new()), |_| answer::typed(&answer, "conditionalmenu"))
    }

    async fn menus(&self) -> Result<Option<Value>, ClientError> {
        match self.get("/cgi-bin/menu/get", &[]).await {
            Ok(answer) => Ok(Some(answer)),
            Err(ClientError::Api(refused)) if refused.code == NO_MENU => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Takes the account's menu away, conditional ones included.
    pub async fn delete_menu(&self) -> Result<(), ClientError> {
        self.get("/cgi-bin/menu/delete", &[]).await.map(|_| ())
    }

    /// Adds a menu for some people; its id. The account must have a menu for everybody first.
    pub async fn add_conditional_menu(&self, menu: &Value, rule: MatchRule) -> Result<String, ClientError> {
        if rule == MatchRule::default() {
            return Err(ClientError::Invalid("a conditional menu says who sees it"));
        }
        let buttons = menu.get("button").ok_or(ClientError::Invalid("a menu has buttons"))?;
        let body = json!({ "button": buttons, "matchrule": rule.body() });
        answer::id(&self.post("/cgi-bin/menu/addconditional", &body).await?, "menuid")
    }

    /// Takes a conditional menu away.
    pub async fn delete_conditional_menu(&self, menu_id: &str) -> Result<(), ClientError> {
        self.post("/cgi-bin/menu/delconditional", &json!({ "menuid": menu_id })).await.map(|_| ())
    }

    /// The buttons that a person sees, named by openid or 微信号.
    pub async fn try_menu(&self, user: &str) -> Result<Value, ClientError> {
        let answer = self.query("/cgi-bin/menu/trymatch", &json!({ "user_id": user })).await?;
        let menu = answer.get("menu").unwrap_or(&answer);
        menu.get("button").filter(|buttons| buttons.is_array()).cloned().ok_or(ClientError::Unreadable)
    }

    /// The menu as it is, whoever made it.
    pub async fn present_menu(&self) -> Result<PresentMenu, ClientError> {
        let answer = self.get("/cgi-bin/get_current_selfmenu_info", &[]).await?;
        let is_open = answer::number(&answer, "is_menu_open")? == 1;
        let info = answer.get("selfmenu_info").cloned();
        let buttons = info.and_then(|info| info.get("button").cloned()).unwrap_or_else(|| json!([]));
        Ok(PresentMenu { is_open, buttons })
    }
}

impl MatchRule {
    fn body(self) -> Value {
        let mut body = json!({});
        if let Some(tag) = self.tag {
            body["tag_id"] = json!(tag.to_string());
        }
        if let Some(phone) = self.phone {
            let number = match phone {
                Phone::Apple => "1",
                Phone::Android => "2",
                Phone::Other => "3",
            };
            body["client_platform_type"] = json!(number);
        }
        body
    }
}
