//! All that one mock platform remembers: people and their screens, media, tokens, templates, menu, counters, log.
//!
//! One structure behind one mutex that is never held across an await: a person's message waits for the bot without
//! it. The parts with rules of their own have files: [`item`], [`received`], [`window`], [`token`], [`media`], [`quota`]; about
//! people [`standing`], [`tags`] and [`notices`]; for many at once [`mass`], [`drafts`] and [`library`];
//! what the account has set up [`menus`] and [`desk`]; for pages [`web`] and [`jsapi`]; for its developers [`strict`]
//! and [`rids`].

pub(crate) mod desk;
pub(crate) mod drafts;
pub(crate) mod item;
pub(crate) mod jsapi;
pub(crate) mod library;
pub(crate) mod mass;
pub(crate) mod media;
pub(crate) mod menus;
pub(crate) mod notices;
pub(crate) mod quota;
pub(crate) mod received;
pub(crate) mod rids;
pub(crate) mod standing;
pub(crate) mod strict;
pub(crate) mod tags;
pub(crate) mod token;
pub(crate) mod web;
pub(crate) mod window;

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::agents;
use crate::clock::wire_millis;
use crate::draw;
use crate::faults::Faults;
use crate::options::{Options, SubscribeTemplate, Template, WindowRule};
use crate::upstream::Upstream;
use desk::Desk;
use drafts::Drafts;
use item::{Body, Channel, From, Item};
use jsapi::JsTickets;
use library::Industry;
use mass::Mass;
use media::MediaStore;
use menus::Menus;
use quota::Quotas;
use received::Tally;
use rids::Rids;
use standing::Standing;
use strict::Strict;
use tags::Tags;
use token::Tokens;
use web::WebGrants;
use window::Window;

/// What most phones are, as `client_platform_type`.
const ANDROID: u8 = 2;
/// Log entries kept; older ones fall out.
const LOG_KEPT: usize = 20_000;

/// A person who chats with the account.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) nickname: String,
    pub(crate) follows: bool,
    pub(crate) subscribed_at: i64,
    pub(crate) scene: Option<String>,
    pub(crate) window: Window,
    pub(crate) standing: Standing,
    pub(crate) screen: Vec<Item>,
    /// Messages of the account so far that answer nothing, whether still on the screen or not.
    pub(crate) received: u32,
    pub(crate) settings: Settings,
    pub(crate) acted_at: i64,
    /// Until when the phone shows that the account is typing.
    pub(crate) typing: i64,
    /// The chat is with the account's agents, or waits for one.
    pub(crate) agent: Option<agents::Session>,
}

/// What a test or the page can set about a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The person has switched the account's messages off: custom/send answers 48002, a template message's job ends
    /// with `failed:user block`, mass messages leave them out.
    pub refuses_messages: bool,
    /// What the job-finish event of a template message says; empty means `success`.
    pub template_result: String,
    /// `ErrorCode` of `subscribe_msg_sent_event`; what is not 0 is never shown.
    pub notice_error: i64,
    /// A page that asks who looks sees a passing account (快照页): `is_snapshotuser`, with an openid of its own.
    pub snapshot_user: bool,
    /// What the person's phone is, for conditional menus: 1 iOS, 2 Android, 3 others; 0 counts as Android.
    pub client_platform_type: u8,
}

impl Settings {
    /// The phone's `client_platform_type`.
    pub(crate) fn platform(&self) -> u8 {
        if self.client_platform_type == 0 { ANDROID } else { self.client_platform_type }
    }
}

/// A callback as it was sent, for sending it again.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) openid: String,
    pub(crate) xml: String,
    pub(crate) is_event: bool,
    pub(crate) answered: bool,
}

/// A QR code of the account.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    pub(crate) scene: String,
    pub(crate) url: String,
    pub(crate) until: Option<i64>,
}

/// One line of the wire log.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Entry {
    Call(ApiCall),
    Callback(Callback),
}

impl Entry {
    /// Its number in the log.
    pub(crate) fn seq(&self) -> u64 {
        match self {
            Self::Call(call) => call.seq,
            Self::Callback(callback) => callback.seq,
        }
    }
}

/// An API call as the mock received and answered it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApiCall {
    /// Grows over the whole mock.
    pub seq: u64,
    /// Seconds since 1970 on the mock's clock.
    pub at: i64,
    /// `GET` or `POST`.
    pub method: String,
    /// The path, `/cgi-bin/…`.
    pub path: String,
    /// `{"query":…,"body":…}`; token and secret are left out, files are named by size.
    pub request: Value,
    /// What the body's errcode was; 0 without one.
    pub errcode: i64,
    /// The answer's JSON, or what kind of file it was.
    pub answer: Value,
    /// Time from the complete request to the answer.
    pub duration_ms: u64,
    /// The fault that touched this call, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// One delivery of a callback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Callback {
    /// Grows over the whole mock.
    pub seq: u64,
    /// Seconds since 1970 on the mock's clock.
    pub at: i64,
    /// Whose message it is.
    pub openid: String,
    /// Which of the three tries.
    pub attempt: u32,
    /// The message's XML before encryption.
    pub message: String,
    /// What came of it, in words.
    pub outcome: String,
    /// The answer's XML, decrypted.
    pub reply: Option<String>,
    /// Time from the push to the answer or its absence.
    pub duration_ms: u64,
}

/// The mutable whole.
#[derive(Debug)]
pub(crate) struct State {
    seq: u64,
    pub(crate) bot: Option<String>,
    pub(crate) people: HashMap<String, Person>,
    pub(crate) order: Vec<String>,
    /// Items that each screen keeps.
    keep: Option<usize>,
    pub(crate) received: Tally,
    pub(crate) sent: HashMap<u64, Sent>,
    pub(crate) tokens: Tokens,
    pub(crate) media: MediaStore,
    pub(crate) templates: Vec<Template>,
    pub(crate) guarded: HashMap<(String, String), (i64, u64)>,
    pub(crate) industry: Industry,
    pub(crate) notices: Vec<SubscribeTemplate>,
    pub(crate) tags: Tags,
    pub(crate) drafts: Drafts,
    pub(crate) mass: Mass,
    pub(crate) menus: Menus,
    pub(crate) desk: Desk,
    pub(crate) tickets: HashMap<String, Ticket>,
    pub(crate) web: WebGrants,
    pub(crate) jsapi: JsTickets,
    pub(crate) rids: Rids,
    pub(crate) quotas: Quotas,
    pub(crate) strict: Strict,
    pub(crate) faults: Faults,
    pub(crate) upstream: Upstream,
    pub(crate) log: VecDeque<Entry>,
    pub(crate) undeclared: Vec<ApiCall>,
    pub(crate) expected: Vec<(String, i64)>,
}

impl State {
    /// A platform that nobody has used yet.
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            seq: 0,
            bot: options.bot.clone(),
            people: HashMap::new(),
            order: Vec::new(),
            keep: options.keep,
            received: Tally::default(),
            sent: HashMap::new(),
            tokens: Tokens::default(),
            media: MediaStore::default(),
            templates: options.templates.clone(),
            guarded: HashMap::new(),
            industry: Industry::default(),
            notices: options.subscribe_templates.clone(),
            tags: Tags::default(),
            drafts: Drafts::default(),
            mass: Mass::default(),
            menus: Menus::new(options.menu.clone()),
            desk: Desk::default(),
            tickets: HashMap::new(),
            web: WebGrants::default(),
            jsapi: JsTickets::default(),
            rids: Rids::default(),
            quotas: Quotas::default(),
            strict: Strict::new(options),
            faults: Faults::default(),
            upstream: Upstream::new(&options.candidates, options.population.clone()),
            log: VecDeque::new(),
            undeclared: Vec::new(),
            expected: Vec::new(),
        }
    }

    /// Everything as at the start, but numbers go on and the bot stays where it is.
    pub(crate) fn reset(&mut self, options: &Options) {
        let (seq, bot) = (self.seq, self.bot.take());
        *self = Self::new(options);
        self.seq = seq;
        self.bot = bot;
    }

    /// Nobody, nothing said, nothing in the log; what the account has set up stays, and so do the upstream systems.
    pub(crate) fn forget_people(&mut self) {
        self.people.clear();
        self.order.clear();
        self.received = Tally::default();
        self.sent.clear();
        self.media.forget_temporary();
        self.desk.forget_records();
        self.log.clear();
        self.faults = Faults::default();
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }

    /// The last number given.
    pub(crate) fn last(&self) -> u64 {
        self.seq
    }

    /// A new person, not following yet.
    pub(crate) fn add_person(&mut self, nickname: &str) -> String {
        let openid = draw::openid();
        self.add_person_as(openid.clone(), nickname);
        openid
    }

    /// The same under an openid that nobody has.
    pub(crate) fn add_person_as(&mut self, openid: String, nickname: &str) {
        let person = Person {
            nickname: nickname.to_owned(),
            follows: false,
            subscribed_at: 0,
            scene: None,
            window: Window::default(),
            standing: Standing::default(),
            screen: Vec::new(),
            received: 0,
            settings: Settings::default(),
            acted_at: 0,
            typing: 0,
            agent: None,
        };
        self.people.insert(openid.clone(), person);
        self.order.push(openid);
    }

    /// Puts something on a person's screen; its number, or `None` when there is no such person (any more).
    pub(crate) fn show(
        &mut self,
        openid: &str,
        now: i64,
        from: From,
        channel: Option<Channel>,
        body: Body,
    ) -> Option<Item> {
        let seq = self.seq + 1;
        let person = self.people.get_mut(openid)?;
        let item = Item { seq, at: now, wire_ms: wire_millis(), from, channel, body };
        if person.screen.is_empty() {
            // Most of a crowd get one.
            person.screen.reserve_exact(1);
        }
        person.screen.push(item.clone());
        if from == From::Bot {
            person.typing = 0;
        }
        if let Some(channel) = channel.filter(|channel| *channel != Channel::Passive) {
            person.received += 1;
            self.received.count(channel);
        }
        if let Some(keep) = self.keep
            && person.screen.len() > keep
        {
            person.screen.remove(0);
            self.received.is_cut = true;
        }
        self.seq = seq;
        Some(item)
    }

    /// The menu that a person sees, if they are one.
    pub(crate) fn menu_of(&self, openid: &str) -> Option<Value> {
        let person = self.people.get(openid)?;
        self.menus.matching(&person.standing.tags, person.settings.platform())
    }

    /// The person acted: their window opens.
    pub(crate) fn acted(&mut self, openid: &str, rule: WindowRule, now: i64) {
        if let Some(person) = self.people.get_mut(openid) {
            person.window.open(rule, now);
            person.acted_at = now;
        }
    }

    /// Adds a line to the log; an errcode nobody announced is remembered besides.
    pub(crate) fn record(&mut self, entry: Entry) {
        if let Entry::Call(call) = &entry
            && call.errcode != 0
            && call.fault.is_none()
        {
            self.remember_error(call.clone());
        }
        if self.log.len() >= LOG_KEPT {
            self.log.pop_front();
        }
        self.log.push_back(entry);
    }

    fn remember_error(&mut self, call: ApiCall) {
        let announced = self.expected.iter().any(|(path, code)| *path == call.path && *code == call.errcode);
        if !announced {
            self.undeclared.push(call);
        }
    }
}
