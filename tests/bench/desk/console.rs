//! Whoever asks for a page: the router's own answer, without a socket between.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use graduation_bot::{
    app::App,
    office::{
        Role, Who,
        keys::{self, NewKey, Scope},
    },
    store::{StaffRow, hash_password},
};
use tower::ServiceExt as _;

const PASSWORD: &str = "correct horse battery";

/// A browser that is signed in, or an office's system with its key.
pub(crate) struct Visitor {
    router: Router,
    /// Cookie or key.
    shown: Option<(header::HeaderName, String)>,
    /// What the console's forms carry.
    token: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    /// Templates write a slash in words as its number.
    pub(crate) text: String,
}

impl Visitor {
    /// Somebody whom nobody knows.
    pub(crate) fn unknown(app: &App) -> Self {
        Self { router: app.router(), shown: None, token: String::new() }
    }

    /// A new account of this role, signed in.
    pub(crate) async fn signed_in(app: &App, name: &str, role: &Role) -> Self {
        let hash = hash_password(PASSWORD.to_owned()).await.unwrap();
        let (kind, scope) = role.columns();
        let staff = StaffRow::new(name, hash, kind, scope);
        assert!(app.store.add_staff(&staff, "operator", app.clock.business()).await.unwrap());
        let mut visitor = Self::unknown(app);
        let answer = visitor.post("/staff/sign-in", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        visitor.shown = Some((header::COOKIE, cookie.split(';').next().unwrap().to_owned()));
        let page = visitor.page("/staff/account").await;
        page.value_of("token").clone_into(&mut visitor.token);
        visitor
    }

    /// A system with a key that reads cases.
    pub(crate) async fn with_key(app: &App, name: &str, role: &Role) -> Self {
        let new = NewKey { name, role, scopes: &[Scope::CasesRead, Scope::Overview], days: 30 };
        let now = app.clock.business();
        let (key, _) = keys::add(&app.store, &app.runner.ids, Who::Operator, &new, now).await.unwrap();
        Self { shown: Some((header::AUTHORIZATION, format!("Bearer {key}"))), ..Self::unknown(app) }
    }

    /// A page that has to be there.
    pub(crate) async fn page(&self, path: &str) -> Answer {
        let answer = self.ask(Method::GET, path, Body::empty()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer
    }

    /// Sends a form.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = [("token", self.token.as_str())];
        let fields: Vec<_> = fields.iter().chain(&token).copied().collect();
        self.ask(Method::POST, path, serde_html_form::to_string(fields).unwrap().into()).await
    }

    /// Sends a form and opens what it leads to: where that is, and the page.
    pub(crate) async fn post_and_follow(&self, path: &str, fields: &[(&str, &str)]) -> (String, Answer) {
        let answer = self.post(path, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.text);
        let next = answer.headers[header::LOCATION].to_str().unwrap().to_owned();
        let page = self.page(&next).await;
        (next, page)
    }

    async fn ask(&self, method: Method, path: &str, body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("sec-fetch-site", "same-origin");
        if let Some((name, value)) = &self.shown {
            request = request.header(name, value);
        }
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.into()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }
}

impl Answer {
    /// What a hidden field holds.
    pub(crate) fn value_of(&self, field: &str) -> &str {
        self.between(&format!("name=\"{field}\" value=\""), "\"")
    }

    /// What stands between the first of the one and the next of the other.
    pub(crate) fn between(&self, before: &str, behind: &str) -> &str {
        let (_, rest) = self.text.split_once(before).unwrap_or_else(|| panic!("no {before}: {}", self.text));
        rest.split(behind).next().unwrap()
    }

    /// How many cases a page of the queue has.
    pub(crate) fn count(&self, what: &str) -> usize {
        self.text.matches(what).count()
    }
}
