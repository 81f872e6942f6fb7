//! What the offices do in a chat, and what strangers try.

use std::sync::Arc;

use graduation_bot::{
    inbound::{Conclusion, Decision, Level, Onsite, Reason},
    office::{self, ReviewError, link, onsite, person},
    store::StaffRow,
    workflow::case::Case,
};
use mock_platform::Say;

use super::{
    play::Player,
    words::{level_name, part},
};

/// So many seconds after a decision its pushes are due.
const GRACE: i64 = 10;
/// A document number that is well formed and nobody's.
const NOBODYS: &str = "440106200001010019";

impl Player {
    /// `市考办 通过 …`, or `管理员 解除绑定 准考证号`, `管理员 恢复绑定 准考证号`, `市考办 绑定码 12345678`.
    pub(super) async fn decide(&mut self, what: &str) {
        let words: Vec<&str> = what.split(' ').collect();
        if let [name, "绑定码", code] = words[..] {
            let until = self.app.app.clock.wire().plus_seconds(link::CODE_SECONDS);
            let drawn = self.app.app.store.draw_staff_link(name, code, until).await.unwrap();
            return self.write(if drawn { "    （好）" } else { "    （没有领到）" });
        }
        let [name, act @ ("解除绑定" | "恢复绑定"), exam_no] = words[..] else {
            return self.review(what).await;
        };
        let runner = &self.app.app.runner;
        let staff = runner.store.staff(name).await.unwrap().unwrap();
        let done = match act {
            "恢复绑定" => {
                person::unlock(runner, &staff, &runner.store.exam_key(exam_no), "已核对身份").await
            }
            _ => person::unbind(runner, &staff, exam_no, "考生换了微信").await,
        };
        match done {
            Ok(()) => self.write("    （好）"),
            Err(error) => self.write(&format!("    （{error}）")),
        }
    }

    /// `天河区 初审通过`, `需补材料 …`, `未到`; `省考办 毕业审核通过`, `毕业审核不通过 …`.
    async fn after_submission(
        &self,
        staff: &StaffRow,
        case: &Case,
        act: &str,
        said: Option<&str>,
    ) -> Option<Result<Arc<Case>, ReviewError>> {
        let (runner, said) = (&self.app.app.runner, said.unwrap_or_default().to_owned());
        let record = async |outcome| onsite::record(runner, staff, &case.id, case.version, outcome).await;
        let conclude =
            async |conclusion| onsite::conclude(runner, staff, &case.id, case.version, conclusion).await;
        Some(match act {
            "初审通过" => record(Onsite::Passed).await,
            "需补材料" => record(Onsite::Papers(said)).await,
            "未到" => record(Onsite::Absent).await,
            "毕业审核通过" => conclude(Conclusion::Passed).await,
            "毕业审核不通过" => conclude(Conclusion::Failed(said)).await,
            _ => return None,
        })
    }

    /// An office's account; a district's, `天河区`, and that of another city, `深圳市考办`, are made when they are first named.
    async fn office(&self, name: &str) -> StaffRow {
        let store = &self.app.app.store;
        let city = name.strip_suffix("考办").filter(|city| city.chars().count() > 1);
        let district = Some(name).filter(|name| name.ends_with('区'));
        let made = city.map(|city| ("city", city)).or(district.map(|district| ("district", district)));
        if let Some((role, scope)) = made {
            let row = StaffRow::new(name, String::new(), role, scope);
            store.add_staff(&row, "operator", self.app.app.clock.business()).await.unwrap();
        }
        store.staff(name).await.unwrap().unwrap()
    }

    /// `20 次 准考证号`: people nobody has seen give it with a document number that is not its own, five times each.
    pub(super) async fn guess(&mut self, what: &str) {
        let (count, exam_no) = what.split_once(" 次 ").unwrap();
        let count: usize = count.parse().unwrap();
        for at in 0..count.div_ceil(5) {
            let stranger = self.app.mock.user("路人").await;
            let guesses = vec![NOBODYS; (count - at * 5).min(5)];
            for words in ["绑定", exam_no, "同意"].into_iter().chain(guesses) {
                self.app.say(&stranger, Say::text(words)).await;
            }
        }
    }

    /// `市考办 通过`, `省考办 不通过 意见`, for the person who spoke last; `甲 市考办 …` for another. Reasons may stand for the
    /// opinion, `P03,P05`. The ten seconds in which it may be taken back go by, but not after `市考办 刚通过`, `刚不通过`:
    /// then `市考办 收回` may follow.
    async fn review(&mut self, what: &str) {
        let mut words: Vec<&str> = what.splitn(4, ' ').collect();
        if self.people.contains_key(words[0]) {
            words.remove(0).clone_into(&mut self.speaker);
        } else {
            words = what.splitn(3, ' ').collect();
        }
        let case = self.case_of(&self.people[&self.speaker].open_id.clone()).await.unwrap();
        let staff = self.office(words[0]).await;
        let (act, waits) = words[1].strip_prefix('刚').map_or((words[1], true), |act| (act, false));
        let runner = &self.app.app.runner;
        if let Some(outcome) = self.after_submission(&staff, &case, act, words.get(2).copied()).await {
            match outcome {
                Ok(case) => self.write(&format!("    （→ {}）", case.stage.name())),
                Err(error) => self.write(&format!("    （{error}）")),
            }
            return;
        }
        let level = if words[0] == "省考办" { Level::Province } else { Level::City };
        let outcome = match act {
            "收回" => office::take_back(runner, &staff, &case.id, case.version).await,
            "通过" => office::decide(runner, &staff, &case, case.round, Decision::Approve).await,
            verdict => {
                let said = words.get(2).copied().unwrap_or_default();
                let reasons: Option<Vec<Reason>> = said.split(',').map(Reason::parse).collect();
                let opinion = if reasons.is_some() { String::new() } else { said.to_owned() };
                let (part, reasons) = (part(&case, verdict), reasons.unwrap_or_default());
                let decision = Decision::Reject { part, reasons, opinion };
                office::decide(runner, &staff, &case, case.round, decision).await
            }
        };
        if waits && outcome.is_ok() && act != "收回" {
            self.app.pass(GRACE).await;
        }
        match outcome {
            Ok(case) => self.write(&format!("    （{} → {}）", level_name(level), case.stage.name())),
            Err(error) => self.write(&format!("    （{error}）")),
        }
    }
}
