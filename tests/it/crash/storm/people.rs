//! How people walk through the storm: each says what their stage asks for, and takes a message that was never
//! answered to have the platform deliver it again.
//!
//! A walker writes down what each of its messages must have done, once; [`super::reckoning`] holds that against the audit.

use std::{sync::atomic::Ordering, time::Duration};

use graduation_bot::{
    inbound::PhotoSlot,
    store::{OutboxFilter, OutboxState, OutboxSummary},
    validation::document_type::Track,
    wechat::message,
    workflow::case::{Case, Stage},
};
use mock_platform::{Body, Callback, Channel, From, Item, Said, Say, Via};

use super::{
    super::BATCH,
    Dice, Weather,
    stories::{self, QUESTIONS, Story},
};
use crate::crash::town::{PHONE, Town, until};

/// Deliveries that somebody waits for, three tries each: more, and the bot is not there at all.
const PATIENCE: usize = 100;
/// Between two looks at a case whose push does not come.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// Looks at something that does not come, which is two minutes.
const LOOKS: usize = 240;
/// What is said of a picture that has to be sent again: its announcement was lost, or the platform did not give it.
const REFUSED: [&str; 2] = ["不是现场拍的", "没有取到"];
/// What the words before the case's first stage do.
const OPENING: [&str; 3] = ["consent_identity", "bind_account", "open_application"];
const SLOTS: [(PhotoSlot, &str); 3] =
    [(PhotoSlot::Front, "正面"), (PhotoSlot::Back, "反面"), (PhotoSlot::Handheld, "手持")];

/// How many messages were answered how.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Answers {
    pub(super) at_once: usize,
    /// By the platform's second or third try.
    pub(super) by_retry: usize,
    /// After all three had failed, when it was delivered again.
    pub(super) later: usize,
    /// Of those later ones: the answer had been stored, and nobody had seen it.
    pub(super) stored: usize,
}

/// Somebody who has come to the end.
pub(super) struct Walked {
    pub(super) open_id: String,
    pub(super) answers: Answers,
    /// What their messages did, in order.
    pub(super) acts: Vec<&'static str>,
    /// How often they handed something to the offices.
    pub(super) submitted: usize,
}

pub(super) struct Walker<'t> {
    town: &'t Town,
    weather: &'t Weather,
    story: &'t Story,
    walked: Walked,
    /// The newest item of the screen that was known when the last message was said.
    seen: u64,
    /// The last message was an event.
    is_event: bool,
    /// Pictures sent so far.
    pictures: usize,
    dice: Dice,
}

/// What a stage asks of somebody.
enum Next {
    Say(&'static str, &'static str),
    /// A picture of a document, after choosing which where all are there.
    Document(PhotoSlot, bool),
    Portrait,
    Wait,
    Done,
}

fn next(case: &Case) -> Next {
    match case.stage {
        Stage::Entered => Next::Say("开始毕业预测", "predict"),
        Stage::PlaceWanted => Next::Say("天河区", "choose_place"),
        Stage::PhoneWanted => Next::Say(PHONE, "set_phone"),
        Stage::Ready | Stage::Approved => Next::Say("申请", "apply"),
        Stage::DataToConfirm | Stage::DataToReconfirm => Next::Say("确认无误", "confirm_data"),
        Stage::StandardToRead | Stage::StandardToReread => Next::Say("我知道了，去拍照", "read_standard"),
        Stage::ScanAwaited => Next::Say("不用链接，在这里用菜单相机拍", "claim"),
        Stage::Capturing => Next::Portrait,
        Stage::Captured => Next::Say("我已摄像完成，下一步", "finish"),
        Stage::DocumentsWanted => next_document(case),
        Stage::DocumentsApproved | Stage::DocumentsRejected | Stage::BundleRejected => {
            Next::Say("下一步", "next")
        }
        Stage::PortraitRejected => Next::Say("重新拍照", "retake"),
        Stage::Submitted => Next::Done,
        stage if stage == Stage::Verifying || stage.reviewed_at().is_some() => Next::Wait,
        stage => panic!("nobody walks by {stage:?}"),
    }
}

fn next_document(case: &Case) -> Next {
    let missing = SLOTS.into_iter().find(|(slot, _)| !case.documents.contains_key(slot));
    match (missing, case.track) {
        (Some((slot, _)), _) => Next::Document(slot, false),
        (None, _) if case.round > 0 && !case.documents_changed => Next::Document(PhotoSlot::Front, true),
        (None, Track::Id) => Next::Say("提交身份证附件", "submit_documents"),
        (None, Track::NonId) => Next::Say("提交证件附件", "submit_documents"),
    }
}

impl<'t> Walker<'t> {
    /// Somebody new, who has been greeted.
    pub(super) async fn arrive(town: &'t Town, story: &'t Story, weather: &'t Weather, dice: Dice) -> Self {
        let seen = town.mock.last_seq();
        let (open_id, greeted) = town.mock.user_with_greeting("考生").await;
        let walked = Walked { open_id, answers: Answers::default(), acts: Vec::new(), submitted: 0 };
        let mut one = Self { town, weather, story, walked, seen, is_event: true, pictures: 0, dice };
        one.insist(greeted).await;
        one
    }

    /// From the first word to the end.
    pub(super) async fn walk(mut self) -> Walked {
        let candidate = &self.story.candidate;
        let [exam_no, number, phone] =
            ["exam_no", "document_no", "phone"].map(|key| candidate[key].as_str().unwrap());
        for words in ["绑定", exam_no, "同意", number, phone, "毕业申请"] {
            self.say(Say::text(words)).await;
        }
        self.walked.acts.extend(OPENING);
        loop {
            let case = self.case().await;
            let next = next(&case);
            if !matches!(next, Next::Wait | Next::Done) && self.dice.below(4) == 0 {
                self.ask_in_between().await;
            }
            match next {
                Next::Say(words, act) => self.go_on(&case, words, act).await,
                Next::Document(slot, is_chosen) => self.send_document(&case, slot, is_chosen).await,
                Next::Portrait => {
                    let picture = self.picture("人像");
                    self.show(&case, Say::image(picture, Via::Camera), "store_portrait").await;
                }
                Next::Wait => self.wait(case.stage).await,
                Next::Done => break,
            }
        }
        self.collect().await;
        self.walked
    }

    /// Asks something that has nothing to do with the step; where they stand stays as it is.
    async fn ask_in_between(&mut self) {
        let (question, told) = QUESTIONS[self.dice.below(QUESTIONS.len() as u64) as usize];
        let answer = self.say(Say::text(question)).await;
        assert!(answer.contains(told), "{question}: {answer}");
    }

    /// Waits for every push to come to its end, and writes again where one waits for that.
    async fn collect(&mut self) {
        for _ in 0..LOOKS {
            let rows = self.pushes().await;
            if rows.iter().all(is_end) {
                return;
            }
            if rows.iter().any(|row| row.state == OutboxState::Held) {
                self.say(Say::text("进度")).await;
            }
            self.look_up().await;
        }
        panic!("waited in vain for the last pushes");
    }

    async fn pushes(&self) -> Vec<OutboxSummary> {
        let filter = OutboxFilter { open_id: Some(self.walked.open_id.clone()), ..OutboxFilter::default() };
        self.town.store.list_outbox(&filter).await.unwrap()
    }

    /// Looks at the screen until there is something new, or for a while.
    async fn look_up(&self) {
        let after = self.town.mock.last_seq();
        self.town.mock.wait_chat(&self.walked.open_id, after, LOOK_AGAIN).await.unwrap();
    }

    /// Says what the stage asks for, and 「同意」 where that is asked first.
    async fn go_on(&mut self, case: &Case, words: &str, act: &'static str) {
        let answer = self.say(Say::text(words)).await;
        if answer.contains("不同意") {
            self.walked.acts.push("consent_portrait");
            self.say(Say::text("同意")).await;
        }
        let now = self.case().await;
        assert!(now.stage != case.stage, "{words} at {:?} led nowhere: {answer}", case.stage);
        self.walked.acts.push(act);
        if now.round > case.round {
            self.walked.submitted += 1;
        }
        // Whatever they have become by now, somebody who has been told to wait waits.
        match (act, case.track) {
            ("apply", Track::Id) if case.stage == Stage::Ready => self.wait(Stage::Verifying).await,
            ("finish", Track::Id) => self.wait(Stage::PortraitAtCity).await,
            ("submit_documents", Track::Id) => self.wait(Stage::DocumentsAtCity).await,
            _ if now.round > case.round => self.wait(Stage::BundleAtCity).await,
            _ => {}
        }
    }

    async fn send_document(&mut self, case: &Case, slot: PhotoSlot, is_chosen: bool) {
        if is_chosen {
            self.say(Say::text("1")).await;
        }
        let (_, name) = SLOTS.into_iter().find(|(known, _)| *known == slot).unwrap();
        let picture = self.picture(name);
        self.show(case, Say::image(picture, Via::Album), "store_document").await;
    }

    /// Sends a picture and waits for its verdict, which may come as an answer or as a push. One that was turned down,
    /// as a portrait is whose announcement was lost, is sent again by the next step.
    async fn show(&mut self, case: &Case, what: Say, act: &'static str) {
        self.say(what).await;
        let verdict = async || {
            let is_refused = self.items().any(|item| REFUSED.iter().any(|words| item.text().contains(words)));
            let is_kept = self.case().await.version > case.version;
            (is_refused || is_kept).then_some(is_kept)
        };
        if until("the verdict", verdict).await {
            self.walked.acts.push(act);
        }
    }

    /// Waits for the case to leave its stage, and for the push that says so; but somebody whom it does not reach by
    /// itself, since it is in doubt or held, has a look in the end.
    async fn wait(&mut self, stage: Stage) {
        for look in 0.. {
            let now = self.case().await;
            let is_quiet =
                self.pushes().await.iter().all(|row| is_end(row) || row.state == OutboxState::Held);
            let newest = self.items().filter(is_push).map(|item| item.seq).max();
            if now.stage != stage && (newest.is_some() || is_quiet) {
                self.seen = newest.unwrap_or(self.seen);
                break;
            }
            assert!(look < LOOKS, "waited in vain at {stage:?}, which is {:?} by now", now.stage);
            self.look_up().await;
        }
        if stage == Stage::Verifying {
            self.say(Say::text("继续")).await;
        }
    }

    /// Says something and has it delivered until it is answered; the answer's words.
    async fn say(&mut self, what: Say) -> String {
        self.weather.said.fetch_add(1, Ordering::Relaxed);
        self.seen = self.town.mock.last_seq();
        self.is_event = false;
        let said = self.town.mock.say(&self.walked.open_id, what).await.unwrap();
        self.insist(said).await
    }

    async fn insist(&mut self, mut said: Said) -> String {
        for time in 0..PATIENCE {
            if self.is_answered() {
                let answers = &mut self.walked.answers;
                match (time, said.attempts) {
                    (0, 1) => answers.at_once += 1,
                    (0, _) => answers.by_retry += 1,
                    _ => answers.later += 1,
                }
                return said.reply.map(|item| item.text()).unwrap_or_default();
            }
            let stored = self.stored().await;
            let again = self.town.mock.redeliver(&self.walked.open_id, said.seq).await.unwrap();
            self.walked.answers.stored += usize::from(stored && self.is_answered());
            said = Said { seq: said.seq, ..again };
        }
        panic!("the bot is not there");
    }

    /// Whether the last message has an answer, be it an empty one.
    fn is_answered(&self) -> bool {
        self.deliveries().any(|delivery| answer(&delivery).is_some())
    }

    /// Whether the answer to the last message is stored, although nobody may have seen it.
    async fn stored(&self) -> bool {
        let Some(delivery) = self.deliveries().next() else { return false };
        let key = message::parse(&delivery.message).unwrap().key;
        self.town.store.inbox(&key).await.unwrap().is_some_and(|seen| seen.answer.is_some())
    }

    /// Of the last message.
    fn deliveries(&self) -> impl Iterator<Item = Callback> {
        self.town.mock.deliveries(self.seen).into_iter().filter(|delivery| {
            delivery.openid == self.walked.open_id && delivery.message.contains("<Event>") == self.is_event
        })
    }

    fn items(&self) -> impl Iterator<Item = Item> {
        self.town.mock.chat(&self.walked.open_id, self.seen).into_iter().filter(|item| item.from == From::Bot)
    }

    async fn case(&self) -> std::sync::Arc<Case> {
        let snapshot = self.town.store.load_fresh(&self.walked.open_id, BATCH).await.unwrap();
        snapshot.case.expect("a case was opened")
    }

    fn picture(&mut self, slot: &str) -> Vec<u8> {
        self.pictures += 1;
        stories::picture_of(slot, self.pictures)
    }
}

/// What a delivery brought: the inner XML, empty for nothing to show; `None` when it failed.
pub(super) fn answer(delivery: &Callback) -> Option<&str> {
    let shows_nothing = delivery.outcome.ends_with("nothing to show");
    delivery.reply.as_deref().or(shows_nothing.then_some(""))
}

/// A push in words.
fn is_push(item: &Item) -> bool {
    let is_picture = matches!(item.body, Body::Image { .. });
    matches!(item.channel, Some(Channel::Custom | Channel::Template)) && !is_picture
}

/// A push that will not be sent any more.
pub(super) fn is_end(row: &OutboxSummary) -> bool {
    matches!(row.state, OutboxState::Delivered | OutboxState::InDoubt)
}

/// Else a walker would wait in vain, and only when a kill takes an announcement away.
#[test]
fn pictures_are_refused_in_the_words_of_the_dialogs() {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/dialogs")).unwrap();
    let texts: Vec<String> =
        folder.filter_map(|file| std::fs::read_to_string(file.unwrap().path()).ok()).collect();
    for words in REFUSED {
        assert!(texts.iter().any(|text| text.contains(words)), "no dialog says {words}");
    }
}
