//! What the form and the page take from the modules that know audiences, routes and texts; each function is one seam.

use serde::Serialize;

use super::{fields, typed::Wrong, words};
use crate::{
    office::{
        broadcasts::{self, steps, words as office},
        words::stage,
    },
    store::{Broadcast, Sample, StoreError},
    turn::World,
    web::Site,
    workflow::broadcast::{
        audience::{
            Audience, Step,
            text::{self, Known},
        },
        plan::{Left, LeftOut, Plan},
    },
};

/// Before the batch of an audience.
const BATCH: &str = "批次:";
/// Keys of conditions that are of one kind: whoever has any of them is meant.
const KINDS: [&[&str]; 5] = [&["城市", "区县"], &["证件"], &["步骤"], &["标签"], &["名单"]];

/// A route beside the others.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PlanRow {
    pub(super) words: &'static str,
    pub(super) is_chosen: bool,
    /// So many it reaches.
    pub(super) reach: u64,
    /// What it takes of the platform's quotas.
    pub(super) cost: Vec<String>,
    /// Why it cannot be taken.
    pub(super) why_not: Vec<String>,
}

/// Whom an announcement is for, as counted now.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Reach {
    /// Everybody in the audience.
    pub(super) people: Option<u64>,
    /// Why some are left out, and how many.
    pub(super) left_out: Vec<(String, u64)>,
    /// Some of them, masked.
    pub(super) sample: Vec<String>,
}

/// An audience from what was written, or everything that cannot be read.
pub(super) fn audience(expression: &str, known: &Known) -> Result<Audience, String> {
    if expression.trim().is_empty() {
        return Err("还没有写发给谁。请勾选，或者写成“批次:2026-06”这样。".to_owned());
    }
    text::read(expression, known)
        .map_err(|wrong| wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
}

/// An audience as it is written.
pub(super) fn expression(audience: &Audience) -> String {
    text::write(audience, &Known::default())
}

/// An audience in words.
pub(super) fn said(audience: &Audience) -> String {
    expression(audience)
}

/// What was ticked as it is written: any of one kind, of every kind; and none of those without.
pub(super) fn composed(batch: &str, with: &[String], without: &[String]) -> String {
    let mut conditions = vec![format!("{BATCH}{batch}")];
    let key = |condition: &str| condition.split_once(':').map_or("", |(key, _)| key).to_owned();
    for keys in KINDS {
        let of_kind: Vec<&str> =
            with.iter().map(String::as_str).filter(|one| keys.contains(&key(one).as_str())).collect();
        match of_kind.as_slice() {
            [] => {}
            [one] => conditions.push((*one).to_owned()),
            several => conditions.push(format!("({})", several.join(" 或 "))),
        }
    }
    conditions.extend(without.iter().map(|one| format!("非 {one}")));
    conditions.join(" 且 ")
}

/// Steps that people can be chosen by.
pub(super) fn steps() -> Vec<String> {
    Step::ALL.map(|step| step.label().to_owned()).into()
}

/// What is wrong with a stored draft: it cannot be handed on before.
pub(super) async fn mistakes(site: &Site, broadcast: &Broadcast) -> Result<Vec<Wrong>, StoreError> {
    let flaws = broadcasts::flaws(&site.runner.store, broadcast, site.runner.clock.business()).await?;
    Ok(flaws.iter().map(|flaw| Wrong::new(fields::of(flaw), steps::flaw(flaw))).collect())
}

/// What should be looked at twice before it is handed on. The telephones of the places are known.
pub(super) fn warnings(broadcast: &Broadcast, world: &World) -> Vec<String> {
    let phones: Vec<String> =
        world.schedule.places.iter().flat_map(|place| place.phones.iter().cloned()).collect();
    let content = &broadcast.content;
    let found = content.message.warnings(&phones);
    let of_card = content.card.iter().flat_map(|card| card.warnings(&phones));
    found.into_iter().chain(of_card).map(|warning| office::warning(&warning)).collect()
}

/// Whom it is for, as counted now, and the routes side by side.
pub(super) async fn reach(
    site: &Site,
    broadcast: &Broadcast,
    world: &World,
) -> Result<(Reach, Vec<PlanRow>), StoreError> {
    let (store, content) = (&site.runner.store, &broadcast.content);
    let now = site.runner.clock.business();
    let today = now.date(&world.zone);
    let month = format!("{:04}-{:02}", today.year(), today.month());
    let outlook = broadcasts::outlook(store, content, now, &month, Left::default()).await?;
    let mut reach = Reach { sample: outlook.samples.iter().map(line).collect(), ..Reach::default() };
    if let Some(chosen) = outlook.chosen(content.route) {
        let left_out = LeftOut::ALL.map(|why| (words::left_out(why.name()), chosen.left_out_for(why)));
        reach.people = Some(chosen.reached() + left_out.iter().map(|(_, count)| count).sum::<u64>());
        reach.left_out = left_out.into_iter().filter(|(_, count)| *count > 0).collect();
    }
    let rows = outlook.plans.iter().map(|plan| row(plan, plan.route == content.route)).collect();
    Ok((reach, rows))
}

/// Somebody of the audience, masked: 「陈** 广州市天河区 可以申请」.
fn line(sample: &Sample) -> String {
    let place = [&sample.city, &sample.district].map(|name| name.as_deref().unwrap_or_default()).concat();
    let stage = sample.stage.map(stage).unwrap_or_default();
    let parts = [sample.name.as_deref().unwrap_or("没有绑定"), place.as_str(), stage];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn row(plan: &Plan, is_chosen: bool) -> PlanRow {
    let mut cost = Vec::new();
    for (count, words) in [
        (plan.mass, format!("群发给 {} 人，分 {} 批", plan.mass, plan.lists)),
        (plan.by_window, format!("客服消息 {} 条，马上收到", plan.by_window)),
        (plan.by_template, format!("模板消息 {} 条", plan.by_template)),
        (plan.waiting, format!("{} 人要等下次说话才收到", plan.waiting)),
        (u64::from(plan.is_short), "今天的额度不够，会等到第二天自动继续".to_owned()),
    ] {
        if count > 0 {
            cost.push(words);
        }
    }
    PlanRow {
        words: steps::route(plan.route),
        is_chosen,
        reach: plan.reached(),
        cost,
        why_not: plan.obstacles.iter().map(|why| steps::obstacle(*why).to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_ticked_is_written_as_people_would() {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let rows: [(&[&str], &[&str], &str); 4] = [
            (&[], &[], "批次:2026-06"),
            (&["城市:广州市"], &[], "批次:2026-06 且 城市:广州市"),
            (
                &["证件:护照", "城市:深圳市", "区县:广州市/天河区"],
                &["步骤:照片未通过"],
                "批次:2026-06 且 (城市:深圳市 或 区县:广州市/天河区) 且 证件:护照 且 非 步骤:照片未通过",
            ),
            (&["不认识"], &[], "批次:2026-06"),
        ];
        for (with, without, expected) in rows {
            assert_eq!(composed("2026-06", &texts(with), &texts(without)), expected);
        }
    }

    #[test]
    fn an_audience_is_read_as_it_is_written() {
        let known = Known {
            batches: vec!["2026-06".to_owned()],
            places: vec![
                ("广州市".to_owned(), "天河区".to_owned()),
                ("深圳市".to_owned(), "南山区".to_owned()),
            ],
            ..Known::default()
        };
        let ticked = ["证件:护照", "城市:深圳市", "区县:广州市/天河区", "步骤:已申请"].map(str::to_owned);
        let all = [composed("2026-06", &ticked[..3], &ticked[3..]), "批次：2026-06".to_owned()];
        for text in all.iter().cloned().chain(steps().into_iter().map(|step| format!("步骤:{step}"))) {
            let found = audience(&text, &known).unwrap_or_else(|wrong| panic!("{text}: {wrong}"));
            assert_eq!(audience(&expression(&found), &known), Ok(found), "{text}");
        }
        for text in ["", "广州市", "批次:", "批次:2026-06 且 城市:珠海市"] {
            assert!(audience(text, &known).is_err(), "{text}");
        }
    }
}
