//! `person`: what the offices may do about who holds a candidate.

use clap::{Args, Subcommand};

use super::{Failure, settings::Settings};
use crate::{
    app::{self, App},
    ids::Ids,
    mask,
    office::{
        person::{self, PersonError},
        refused,
    },
    store::StaffRow,
    validation::{Facts, rule},
};

/// 管理考生的绑定
#[derive(Subcommand)]
pub(super) enum Person {
    /// 解除一个准考证号的绑定，让考生用另一个微信重新绑定；申请和材料保留
    Unbind(About),
    /// 恢复一个当天试错太多、已暂停绑定的准考证号，可以再绑定
    Unlock(About),
}

/// 哪个准考证号，由谁，为什么
#[derive(Args)]
pub(super) struct About {
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
        let config = settings.load()?;
        let clock = app::clock(&config);
        let app = App::start(config, clock, Ids::random()).await?;
        let outcome = match self {
            Self::Unbind(about) => about.unbind(&app).await,
            Self::Unlock(about) => about.unlock(&app).await,
        };
        app.store.close().await;
        outcome
    }
}

impl About {
    async fn unbind(&self, app: &App) -> Result<(), Failure> {
        let (exam_no, staff) = self.read(app).await?;
        person::unbind(&app.runner, &staff, &exam_no, &self.reason)
            .await
            .map_err(|error| self.declined(&error))?;
        println!(
            "已解除准考证号 {} 的绑定，考生可以用新的微信重新绑定。原来的微信会收到通知。",
            mask::exam_no(&exam_no)
        );
        Ok(())
    }

    async fn unlock(&self, app: &App) -> Result<(), Failure> {
        let (exam_no, staff) = self.read(app).await?;
        person::unlock(&app.runner, &staff, &app.store.exam_key(&exam_no), &self.reason)
            .await
            .map_err(|error| self.declined(&error))?;
        println!("已恢复准考证号 {} 的绑定，现在可以重新绑定。", mask::exam_no(&exam_no));
        Ok(())
    }

    async fn read(&self, app: &App) -> Result<(String, StaffRow), Failure> {
        let today = app.clock.business().date(&app.runner.world.load().zone);
        let rule = rule("exam_no").expect("the table has a rule for exam numbers");
        let valid = (rule.check)(&self.exam_no, &Facts { today })
            .map_err(|_| Failure::mistake("准考证号要是 12 位数字，请核对。"))?;
        Ok((valid.value, super::review::account(&app.store, &self.staff).await?))
    }

    fn declined(&self, error: &PersonError) -> Failure {
        let exam_no = mask::exam_no(&self.exam_no);
        match error {
            PersonError::Role => {
                Failure::mistake(format!("{} 的角色不能解除和恢复绑定：需要 province 或 admin。", self.staff))
            }
            PersonError::Reason(_) => Failure::mistake(refused::person(error)),
            PersonError::Unbound => {
                Failure::mistake(format!("准考证号 {exam_no} 没有被绑定，什么都没有改。"))
            }
            PersonError::Unlocked => {
                Failure::mistake(format!("准考证号 {exam_no} 没有暂停绑定，什么都没有改。"))
            }
            PersonError::Busy => Failure::failed(refused::person(error)),
            PersonError::Run(error) => Failure::failed(format!("没有存下来：{error}。请再运行一次。")),
            PersonError::Store(error) => Failure::failed(format!("没有存下来：{error}。请再运行一次。")),
        }
    }
}
