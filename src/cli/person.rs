//! `person`: what the offices may do about who holds a candidate.

use clap::{Args, Subcommand};

use super::{Failure, settings::Settings};
use crate::{
    app::{self, App},
    ids::Ids,
    inbound::{Inbound, UnbindAct, What},
    mask,
    review::Role,
    runner::{Errand, Ran},
    validation::{Facts, rule},
};

/// How often a binding that changes meanwhile is looked at again.
const TRIES: usize = 3;
/// Shortest reason: the audit must say something.
const REASON_MIN: usize = 4;

/// 管理考生的绑定
#[derive(Subcommand)]
pub(super) enum Person {
    /// 解除一个准考证号的绑定，让考生用另一个微信重新绑定；申请和材料保留
    Unbind(Unbind),
}

/// 解除绑定
#[derive(Args)]
pub(super) struct Unbind {
    /// 12 位准考证号
    #[arg(value_name = "准考证号")]
    exam_no: String,
    /// 由哪个账号决定（province 或 admin）
    #[arg(long = "as", value_name = "账号")]
    staff: String,
    /// 原因，写进审计
    #[arg(long, value_name = "原因")]
    reason: String,
}

impl Person {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let Self::Unbind(unbind) = self;
        let config = settings.load()?;
        let clock = app::clock(&config);
        let app = App::start(config, clock, Ids::random()).await?;
        let outcome = unbind.run(&app).await;
        app.store.close().await;
        outcome
    }
}

impl Unbind {
    async fn run(&self, app: &App) -> Result<(), Failure> {
        let exam_no = self.exam_no(app)?;
        let reason = self.reason.trim();
        if reason.chars().count() < REASON_MIN {
            return Err(Failure::mistake(format!("原因太短：请写至少 {REASON_MIN} 个字，审计要用。")));
        }
        let staff = super::review::account(&app.store, &self.staff).await?;
        if !Role::of(&staff).is_some_and(|role| role.may_unbind()) {
            return Err(Failure::mistake(format!(
                "{} 的角色不能解除绑定：需要 province 或 admin。",
                self.staff
            )));
        }
        for _ in 0..TRIES {
            let Some(open_id) = app.store.bound_to(&exam_no).await? else {
                return Err(Failure::mistake(format!(
                    "准考证号 {} 没有被绑定，什么都没有改。",
                    mask::exam_no(&exam_no)
                )));
            };
            let act = self.act(app, open_id, &exam_no, reason);
            let ran = app.runner.run(&act, Errand::default()).await;
            match ran.map_err(|error| Failure::failed(format!("没有存下来：{error}。请再运行一次。")))?
            {
                Ran::Stored { turn, .. } if turn.refused.is_none() => {
                    println!(
                        "已解除准考证号 {} 的绑定，考生可以用新的微信重新绑定。原来的微信会收到通知。",
                        mask::exam_no(&exam_no)
                    );
                    return Ok(());
                }
                // Somebody else holds it since: look again.
                _ => {}
            }
        }
        Err(Failure::failed("这位考生正在操作，没有解除。请过一会儿再试。"))
    }

    fn exam_no(&self, app: &App) -> Result<String, Failure> {
        let today = app.clock.business().date(&app.runner.world.load().zone);
        let rule = rule("exam_no").expect("the table has a rule for exam numbers");
        let valid = (rule.check)(&self.exam_no, &Facts { today })
            .map_err(|_| Failure::mistake("准考证号要是 12 位数字，请核对。"))?;
        Ok(valid.value)
    }

    fn act(&self, app: &App, open_id: String, exam_no: &str, reason: &str) -> Inbound {
        let act =
            UnbindAct { staff: self.staff.clone(), exam_no: exam_no.to_owned(), reason: reason.to_owned() };
        Inbound {
            open_id,
            account: String::new(),
            key: String::new(),
            sent_at: app.clock.wire().as_seconds(),
            case_id: None,
            what: What::Unbind(act),
        }
    }
}
