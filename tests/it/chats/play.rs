//! Playing a chat: each step is done for real, then everything that appeared on people's screens is written down.
//!
//! Steps: `我: 文字`, `我: [照片 名字]` (album), `我: [拍照 名字]` (menu camera), `[语音 文字]`, `[视频]`, `[位置 名字]`,
//! `[链接]`, `[表情]`, `[菜单 KEY]`, `[点 文字]` (an item of the newest message menu that has it), `[扫码 场景]`, `[关注]`,
//! `[关注 场景]` (through a code), `[取关]`, `[重发]` (the platform delivers the last message again). `后台: 市考办 通过`, `后台: 省考办 不通过 意见`,
//! `证件不通过`, `照片不通过`, `都不通过` of a bundle; ten seconds pass, but not after `刚通过`, `刚不通过`, which `市考办 收回`
//! takes back. `后台: 天河区 初审通过`, `需补材料 …`, `未到`; `后台: 省考办 毕业审核通过`, `毕业审核不通过 …`.
//! `过了: 3 天`. `人口库: 不一致`. `考籍: 不可用`, `考籍: 取消成绩 准考证号 课程`. `导入: 2026-12` imports another batch with its places. `平台: 取图慢` is a fault
//! of the next message's, `平台: 取图要一秒，其间过了 1 小时` moves the clock meanwhile. `页面: …` is the camera page; `页面: 开始 1234` opens it with other characters.
//! `后台: 管理员 解除绑定 准考证号`, `后台: 管理员 恢复绑定 准考证号`. `后台: 市考办 绑定码 12345678` draws this code for a WeChat account. `猜错: 20 次 准考证号` is guessed by people who are not
//! written down. `同意书: identity 2027-01` puts another version of it into the dialogs,
//! `改名: bind.document_no id_number` another name of a state, `撤去: place.change choose` takes one away.
//! `快进: 我 id_pass verifying` walks a sample person to a stage without writing it down.
//! `客服: 接入` and `留言: 回复 文字` are the desk's (`desk`), `平台: …` is the platform's (`platform`).
//! Settings anywhere: `时间: 2026-06-15T09:30`, `方式: secure`, `待发: 1` (pushes that wait at the end), `人工: 值班`
//! (agents), `模板: 无` (no template messages), `订阅: 有` (订阅通知 for all), `条数: 3` (messages after a person's),
//! `照片检查: 有` (the photo models are there; the sample pictures of `pictures` show something).

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc, time::Duration};

use graduation_bot::{
    config::Config,
    workflow::case::{Case, Stage},
};
use mock_platform::{Body, From, Mode, Say};

use super::{
    page::Phone,
    platform, screen,
    script::{Line, Script},
    words::{population, registry, say, seconds},
};
use crate::support::{app::TestApp, db::TestDb, logs, samples};

/// What holds for the whole chat, wherever it stands.
const SETTINGS: [&str; 8] = ["时间", "方式", "待发", "人工", "模板", "订阅", "条数", "照片检查"];
const START: &str = "2026-06-15T09:30";

/// A picture that takes a second is under way by then.
const UNDER_WAY: Duration = Duration::from_millis(300);

pub(super) struct Player {
    pub(super) app: TestApp,
    /// Who is on stage, by the name of the script.
    pub(super) people: BTreeMap<String, Person>,
    pub(super) speaker: String,
    phone: Phone,
    /// By how many seconds the next message's work is overtaken by a moved clock.
    pub(super) meanwhile: Option<i64>,
    transcript: String,
}

pub(super) struct Person {
    pub(super) open_id: String,
    /// The last item of their screen that was written down.
    seen: u64,
    /// The last thing they sent, and its answer as it came.
    sent: Option<(u64, Option<String>)>,
}

impl Player {
    /// Plays a whole script; the transcript, and what was left over.
    pub(super) async fn play(script: &Script, db: TestDb) -> (String, Vec<String>) {
        let mode = match script.setting("方式") {
            Some("plain") => Mode::Plain,
            Some("compatible") => Mode::Compatible,
            _ => Mode::Secure,
        };
        let start = script.setting("时间").unwrap_or(START);
        let change = |config: &mut Config| platform::settings(script, config);
        let app = match script.setting("照片检查") {
            Some("有") => TestApp::start_judging(db, mode, start, change).await,
            _ => TestApp::start_with(db, mode, start, change).await,
        };
        app.mock.add_subscribe_template(platform::notice());
        let phone = Phone::new();
        let mut player = Self {
            app,
            people: BTreeMap::new(),
            speaker: "我".to_owned(),
            phone,
            meanwhile: None,
            transcript: String::new(),
        };
        for line in &script.lines {
            match line {
                Line::Comment(text) => player.write(text),
                Line::Step { who, what } => player.step(who, what).await,
            }
        }
        let held = script.setting("待发").map_or(0, |count| count.parse().unwrap());
        let mut wrong = player.app.end(held).await;
        if player.phone.secret().is_some_and(|secret| logs::all().contains(secret)) {
            wrong.push("the log names a camera link".to_owned());
        }
        (player.transcript, wrong)
    }

    /// Whoever spoke last.
    pub(super) fn open_id(&self) -> String {
        self.people[&self.speaker].open_id.clone()
    }

    pub(super) fn write(&mut self, line: &str) {
        self.transcript.push_str(line);
        self.transcript.push('\n');
    }

    async fn step(&mut self, who: &str, what: &str) {
        if !SETTINGS.contains(&who) {
            self.transcript.push('\n');
        }
        self.write(&format!("{who}: {what}"));
        match who {
            setting if SETTINGS.contains(&setting) => return,
            "导入" => self.app.import(what).await,
            "过了" => self.app.pass(seconds(what)).await,
            "后台" => self.decide(what).await,
            "同意书" => self.app.reword(what),
            "改名" => self.app.rename(what),
            "撤去" => self.app.withdraw_state(what),
            "猜错" => self.guess(what).await,
            "客服" => self.agent(what).await,
            "留言" => self.inquiries(what).await,
            "人口库" => self.app.mock.upstream(population(what)),
            "考籍" => self.app.mock.upstream(registry(what)),
            "平台" => self.platform(what),
            "快进" => self.fast_forward(what).await,
            "页面" => {
                let shown = self.phone.act(&self.app, what).await;
                self.write(&format!("页: {shown}"));
            }
            person => self.act(person, what).await,
        }
        self.app.settle().await;
        if who == "快进" {
            self.look_away();
        }
        self.write_down();
    }

    async fn act(&mut self, who: &str, what: &str) {
        who.clone_into(&mut self.speaker);
        if what.starts_with("[关注 ") && !self.people.contains_key(who) {
            let (open_id, seen) = (self.app.mock.stranger(who), self.app.mock.last_seq());
            self.people.insert(who.to_owned(), Person { open_id, seen, sent: None });
        }
        if !self.people.contains_key(who) {
            let (open_id, _) = self.app.mock.user_with_greeting(who).await;
            self.app.settle().await;
            let seen = if what == "[关注]" { 0 } else { self.app.mock.last_seq() };
            self.people.insert(who.to_owned(), Person { open_id, seen, sent: None });
            if what == "[关注]" {
                return;
            }
        }
        let person = &self.people[who];
        let open_id = person.open_id.clone();
        if what == "[重发]" {
            let (sent, before) = person.sent.clone().unwrap();
            let again = self.app.mock.redeliver(&open_id, sent).await.unwrap();
            let same = if again.reply_xml == before { "一字不差" } else { "不同" };
            self.write(&format!("    （回答与上次{same}）"));
            return;
        }
        if let Some(subscription) = platform::subscription(what) {
            self.app.mock.subscribe(&open_id, subscription).await.unwrap();
            return;
        }
        let what = match what.strip_prefix("[点 ").and_then(|rest| rest.strip_suffix(']')) {
            Some(item) => self.tap(&open_id, item),
            None => say(what),
        };
        let meanwhile = self.meanwhile.take();
        let passing = async {
            if let Some(seconds) = meanwhile {
                tokio::time::sleep(UNDER_WAY).await;
                self.app.pass(seconds).await;
            }
        };
        let (said, ()) = tokio::join!(self.app.say(&open_id, what), passing);
        self.people.get_mut(who).unwrap().sent = Some((said.seq, said.reply_xml));
    }

    /// A tap on the item that reads so.
    fn tap(&self, open_id: &str, wanted: &str) -> Say {
        let screen = self.app.mock.chat(open_id, 0);
        let found = screen.iter().rev().find_map(|shown| {
            let Body::Msgmenu { list, .. } = &shown.body else { return None };
            let item = list.iter().find(|item| item.content == wanted)?;
            Some(Say::Tap { id: item.id.clone(), seq: Some(shown.seq) })
        });
        found.unwrap_or_else(|| panic!("no menu offers {wanted}"))
    }

    /// Walks a person to a stage, by what they would say.
    async fn fast_forward(&mut self, what: &str) {
        let words: Vec<&str> = what.split(' ').collect();
        let (who, story, stage) = (words[0], words[1], words[2]);
        let people = samples::people().unwrap();
        let nth: usize = words.get(3).map_or(0, |nth| nth.parse().unwrap());
        let sample = people.iter().filter(|person| person.story == story).nth(nth).unwrap();
        let tail = sample.phone.as_deref().and_then(|phone| phone.get(phone.len() - 4..));
        let binding = ["绑定", &sample.exam_no, "同意", &sample.document_no].into_iter().chain(tail);
        let opening = ["毕业申请", "开始毕业预测", "天河区", "13800138000"];
        let identity = ["申请", "[照片 国徽面]", "[照片 人像面]", "[照片 手持]", "提交身份证附件"];
        let documents = ["[照片 资料页]", "[照片 反面]", "[照片 手持]", "提交证件附件"];
        let portrait = format!("[拍照 {}]", self.next_portrait(who).await);
        let chain = [
            "确认无误",
            "我知道了，去拍照",
            "同意",
            "不用链接，在这里用菜单相机拍",
            "确认无误",
            "我知道了，去拍照",
            &portrait,
            "我已摄像完成，下一步",
        ];
        for step in binding.chain(opening) {
            if self.stands_at(who, stage).await {
                return;
            }
            if self.is_under_way(who).await {
                break;
            }
            self.act(who, step).await;
            self.app.settle().await;
        }
        for step in identity {
            if self.stands_at(who, stage).await || self.stands_at(who, "data_to_confirm").await {
                break;
            }
            self.act(who, step).await;
            self.app.settle().await;
        }
        for step in chain.into_iter().chain(documents) {
            if self.stands_at(who, stage).await {
                return;
            }
            self.act(who, step).await;
            self.app.settle().await;
        }
        assert!(self.stands_at(who, stage).await, "{who} did not come to {stage}");
    }

    async fn stands_at(&self, who: &str, stage: &str) -> bool {
        let Some(person) = self.people.get(who) else { return false };
        let case = self.case_of(&person.open_id).await;
        case.is_some_and(|case| case.stage.name() == stage)
    }

    /// Another one than the case has: the same picture twice is refused.
    async fn next_portrait(&self, who: &str) -> String {
        let case = match self.people.get(who) {
            Some(person) => self.case_of(&person.open_id).await,
            None => None,
        };
        let case = case.filter(|case| case.portrait.is_some());
        case.map_or("人像".to_owned(), |case| format!("人像 再拍 {}", case.round))
    }

    /// 「申请」 was pressed: what begins an application is not said again.
    async fn is_under_way(&self, who: &str) -> bool {
        let Some(person) = self.people.get(who) else { return false };
        let case = self.case_of(&person.open_id).await;
        case.is_some_and(|case| case.stage >= Stage::Verifying && !case.is_withdrawn())
    }

    pub(super) async fn case_of(&self, open_id: &str) -> Option<Arc<Case>> {
        let batch = self.app.app.runner.world.load().batch.id.clone();
        self.app.app.store.load_fresh(open_id, &batch).await.unwrap().case
    }

    fn look_away(&mut self) {
        let last = self.app.mock.last_seq();
        for person in self.people.values_mut() {
            person.seen = last;
        }
    }

    /// Everything new on anybody's screen but what they did themselves.
    fn write_down(&mut self) {
        let mut lines = String::new();
        for (name, person) in &mut self.people {
            for item in self.app.mock.chat(&person.open_id, person.seen) {
                person.seen = person.seen.max(item.seq);
                if item.from != From::User {
                    let to = if *name == self.speaker { String::new() } else { format!("→{name}") };
                    writeln!(lines, "机{to}{}: {}", screen::channel(&item), screen::written(&item)).unwrap();
                }
            }
        }
        for line in lines.lines() {
            self.write(line.trim_end());
        }
        let shown = self.people.values().flat_map(|person| self.app.mock.chat(&person.open_id, 0));
        if let Some(newest) =
            shown.filter(|item| item.text().contains("/camera/")).max_by_key(|item| item.seq)
        {
            self.phone.see(&newest.text());
        }
    }
}
