//! The API's router: it knows of each route what it is for, and describes it from that.
//!
//! What every operation has in common (the key, the problems, `Idempotency-Key`) is added here, so that no handler can
//! forget it in its description.

use axum::{Router, extract::DefaultBodyLimit, http::Method, middleware};
use utoipa::openapi::{
    Content, ContentBuilder, Ref, RefOr, Required, ResponseBuilder, SecurityRequirement,
    path::{Operation, ParameterBuilder, ParameterIn, PathItem},
    schema::{ObjectBuilder, Type},
};
use utoipa_axum::router::UtoipaMethodRouter;

use super::{
    caller, once,
    problem::{Kind, MEDIA},
};
use crate::{
    office::{Act, keys::Scope},
    web::Site,
};

/// One route of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// GET, POST or PATCH.
    pub method: Method,
    /// As the router has it: `/api/v1/cases/{number}`.
    pub path: String,
    /// What a key must be for; `None` for any that opens.
    pub scope: Option<Scope>,
    /// Asks only, although it is a POST: what is asked would not be safe in an address.
    pub is_question: bool,
    /// Takes a whole file: only a few at once are in memory.
    pub takes_file: bool,
}

impl Entry {
    /// What the key's role must be allowed to do.
    pub fn act(&self) -> Act {
        self.scope.map_or(Act::OwnAccount, Scope::act)
    }

    /// Whether it changes something: then it needs an `Idempotency-Key`.
    pub fn is_write(&self) -> bool {
        self.method != Method::GET && !self.is_question
    }
}

/// Collects routes: none gets in without a scope.
pub(super) struct Desk {
    site: Site,
    pub(super) router: Router<Site>,
    pub(super) entries: Vec<Entry>,
    pub(super) paths: Vec<(String, PathItem)>,
    pub(super) schemas: Vec<(String, RefOr<utoipa::openapi::Schema>)>,
}

/// A question or an act, with room.
const BODY_BYTES: usize = 64 * 1024;
/// A table of about a hundred thousand lines. Larger ones are for the command line.
const FILE_BYTES: usize = 32 << 20;

/// The parts of a path that an operation can be in.
const METHODS: [Method; 3] = [Method::GET, Method::POST, Method::PATCH];

impl Desk {
    pub(super) fn new(site: &Site) -> Self {
        let (entries, paths, schemas) = Default::default();
        Self { site: site.clone(), router: Router::new(), entries, paths, schemas }
    }

    /// A route that reads, or changes something.
    pub(super) fn add(self, scope: Scope, route: UtoipaMethodRouter<Site>) -> Self {
        self.put(Some(scope), false, false, route)
    }

    /// A POST that asks.
    pub(super) fn question(self, scope: Scope, route: UtoipaMethodRouter<Site>) -> Self {
        self.put(Some(scope), true, false, route)
    }

    /// A route that takes a file; with `is_question` it only looks at it.
    pub(super) fn file(self, scope: Scope, is_question: bool, route: UtoipaMethodRouter<Site>) -> Self {
        self.put(Some(scope), is_question, true, route)
    }

    /// A route for any key.
    pub(super) fn any(self, route: UtoipaMethodRouter<Site>) -> Self {
        self.put(None, false, false, route)
    }

    fn put(
        mut self,
        scope: Option<Scope>,
        is_question: bool,
        takes_file: bool,
        (schemas, paths, route): UtoipaMethodRouter<Site>,
    ) -> Self {
        self.schemas.extend(schemas);
        let (path, mut item) = paths.paths.into_iter().next().expect("a handler has a path");
        let (method, operation) = METHODS
            .into_iter()
            .find_map(|method| part(&mut item, &method).take().map(|operation| (method, operation)))
            .expect("a handler has one of these methods");
        let entry = Entry { method, path: path.clone(), scope, is_question, takes_file };
        *part(&mut item, &entry.method) = Some(described(operation, &entry));
        let gate = middleware::from_fn_with_state((self.site.clone(), entry.clone()), caller::pass);
        let bytes = if takes_file { FILE_BYTES } else { BODY_BYTES };
        // Outside the gate, which reads the bodies of writes.
        let route = route.route_layer(gate).route_layer(DefaultBodyLimit::max(bytes));
        self.router = self.router.route(&path, route);
        self.entries.push(entry);
        self.paths.push((path, item));
        self
    }
}

fn part<'i>(item: &'i mut PathItem, method: &Method) -> &'i mut Option<Operation> {
    match *method {
        Method::GET => &mut item.get,
        Method::PATCH => &mut item.patch,
        _ => &mut item.post,
    }
}

/// With what all have in common.
fn described(mut operation: Operation, entry: &Entry) -> Operation {
    let scopes: Vec<String> = entry.scope.iter().map(|scope| scope.name().to_owned()).collect();
    operation.security = Some(vec![SecurityRequirement::new("key", scopes)]);
    let mut kinds = vec![
        Kind::Malformed,
        Kind::Unauthorized,
        Kind::Forbidden,
        Kind::NotFound,
        Kind::TooMany,
        Kind::Broken,
        Kind::Unavailable,
    ];
    if entry.is_write() {
        operation.parameters.get_or_insert_default().push(idempotency_key());
    }
    if entry.method != Method::GET {
        kinds.push(Kind::Conflict);
    }
    if operation.parameters.is_some() || operation.request_body.is_some() {
        kinds.push(Kind::Invalid);
    }
    if operation.request_body.is_some() {
        kinds.extend([Kind::TooLarge, Kind::WrongMedia]);
    }
    for kind in kinds {
        let words = kind.words();
        operation.responses.responses.entry(words.status.to_string()).or_insert_with(|| problem(words.title));
    }
    operation
}

/// An answer that is a problem.
fn problem(title: &str) -> RefOr<utoipa::openapi::Response> {
    let content: Content =
        ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name("Problem")))).build();
    RefOr::T(ResponseBuilder::new().description(title).content(MEDIA, content).build())
}

fn idempotency_key() -> RefOr<utoipa::openapi::path::Parameter> {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(once::KEY_MAX))
        .pattern(Some("^[A-Za-z0-9_-]+$"));
    let parameter = ParameterBuilder::new()
        .name(once::HEADER)
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some("这件事的记号，每件事一个新的；重发时用同一个，24 小时内回答一样，不会做两遍"))
        .schema(Some(schema));
    RefOr::T(parameter.build())
}
