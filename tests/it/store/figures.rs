//! The figures of the overview.

use graduation_bot::{
    clock::Now,
    office::{
        LookError, Role,
        overview::{Overviews, Phase},
    },
    store::{Area, Channel, Ended, OutboxState, Sent},
    time::Millis,
    workflow::case::Stage,
};
use mock_platform::Mode;
use sqlx::{AssertSqlSafe, Executor as _};

use super::{
    BATCH, NOW, commit, later, notice,
    queue::{Sample, lay_out},
    turn,
};
use crate::support::{
    app::TestApp,
    db::{self, TestDb},
};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn guangzhou() -> Area {
    Area::everywhere().in_city("广州市")
}

#[tokio::test]
async fn submissions_are_counted_by_hour_and_place() {
    for db in db::each().await {
        let store = db.store().await;
        let midnight = later(-9 * HOUR - 1800);
        let shenzhen = ("深圳市", "南山区");
        for (number, (seconds, place)) in [
            (-1, ("广州市", "天河区")),
            (0, ("广州市", "天河区")),
            (HOUR - 1, shenzhen),
            (9 * HOUR, ("广州市", "越秀区")),
            (DAY - 1, ("广州市", "天河区")),
            (DAY, ("广州市", "天河区")),
        ]
        .into_iter()
        .enumerate()
        {
            let at = midnight.plus_seconds(seconds);
            lay_out(&store, number, Sample { at, place, stage: Stage::Submitted, ..Sample::default() }).await;
        }
        let until = midnight.plus_seconds(DAY);
        let all = store.count_handed_in(&Area::everywhere(), BATCH, midnight, until).await.unwrap();
        assert_eq!(all, [(0, 2), (9, 1), (23, 1)]);
        let of_city = store.count_handed_in(&guangzhou(), BATCH, midnight, until).await.unwrap();
        assert_eq!(of_city, [(0, 1), (9, 1), (23, 1)]);
        let submitted = async |area: &Area| {
            let places = store.count_submitted(area, BATCH).await.unwrap();
            let mut told: Vec<_> =
                places.into_iter().map(|found| (found.place.district, found.count)).collect();
            told.sort();
            told
        };
        let row = |district: &str, count| (district.to_owned(), count);
        assert_eq!(submitted(&guangzhou()).await, [row("天河区", 4), row("越秀区", 1)]);
        assert_eq!(
            submitted(&Area::everywhere()).await,
            [row("南山区", 1), row("天河区", 4), row("越秀区", 1)]
        );
    }
}

#[tokio::test]
async fn a_round_that_was_taken_back_was_not_handed_in() {
    let db = TestDb::sqlite();
    let store = db.store().await;
    lay_out(&store, 0, Sample::default()).await;
    let counted = async || store.count_handed_in(&Area::everywhere(), BATCH, NOW, later(1)).await.unwrap();
    assert_eq!(counted().await, [(0, 1)]);
    let before = store.load("o000", BATCH).await.unwrap();
    let mut withdraw = super::move_case(&before, Stage::Withdrawn);
    let change = withdraw.turn.case.as_mut().unwrap();
    std::sync::Arc::make_mut(&mut change.case).rounds[0].withdrawn = true;
    store.commit(withdraw).await.unwrap();
    assert_eq!(counted().await, []);
}

#[tokio::test]
async fn ages_are_counted_by_stage() {
    for db in db::each().await {
        let store = db.store().await;
        let (portrait, bundle) = (Stage::PortraitAtCity, Stage::BundleAtProvince);
        for (number, (stage, age)) in [
            (portrait, 10),
            (portrait, DAY - 1),
            (portrait, DAY),
            (bundle, 2 * DAY + 1),
            (bundle, 30 * DAY),
            (Stage::Ready, 9 * DAY),
        ]
        .into_iter()
        .enumerate()
        {
            lay_out(&store, number, Sample { stage, at: later(-age), ..Sample::default() }).await;
        }
        let since = [later(-DAY), later(-2 * DAY), later(-3 * DAY)];
        let ages = store.queue_ages(&guangzhou(), BATCH, &since).await.unwrap();
        let told: Vec<_> = ages.iter().map(|age| (age.stage, age.oldest, age.counts.as_slice())).collect();
        assert_eq!(
            told,
            [(bundle, later(-30 * DAY), &[0, 0, 1, 1][..]), (portrait, later(-DAY), &[2, 1, 0, 0][..])]
        );
        assert_eq!(store.queue_ages(&guangzhou().in_city("深圳市"), BATCH, &since).await.unwrap(), []);
    }
}

/// A decision as the offices' acts write them.
fn decision(id: &str, city: &str, verdict: &str, reasons: &str, taken_back_at: &str) -> String {
    format!(
        "insert into decisions (id, case_id, batch, city, district, round, level, part, verdict, reasons, staff, at, \
         taken_back_at) values ('{id}', 'c1', '{BATCH}', '{city}', '天河区', 1, 'city', 'portrait', '{verdict}', \
         '{reasons}', '王老师', 1, {taken_back_at})"
    )
}

#[tokio::test]
async fn rejections_are_counted_by_reason_while_they_stand() {
    for db in db::each().await {
        let store = db.store().await;
        let mut connection = db.connect().await;
        for statement in [
            decision("d1", "广州市", "rejected", "P03 P11", "null"),
            decision("d2", "广州市", "rejected", "P11", "null"),
            decision("d3", "深圳市", "rejected", "P11", "null"),
            decision("d4", "广州市", "rejected", "", "null"),
            decision("d5", "广州市", "rejected", "P01", "2"),
            decision("d6", "广州市", "approved", "", "null"),
        ] {
            connection.execute(AssertSqlSafe(statement)).await.unwrap();
        }
        let row = |code: &str, count| (code.to_owned(), count);
        let of = async |area: &Area| store.count_rejections(area, BATCH).await.unwrap();
        assert_eq!(of(&Area::everywhere()).await, [row("P11", 3), row("P03", 1)]);
        assert_eq!(of(&guangzhou()).await, [row("P11", 2), row("P03", 1)]);
    }
}

#[tokio::test]
async fn bad_ends_are_counted_by_reason() {
    for db in db::each().await {
        let store = db.store().await;
        let given_up = |reason: &str| Sent::GivenUp { reason: reason.to_owned() };
        let lost = || Sent::InDoubt { again_at: NOW, reason: "crashed".to_owned() };
        let delivered = Sent::Delivered { channel: Channel::Custom, platform_id: None, counted: true };
        for (number, ends, seconds) in [
            (0, vec![given_up("refused 43101 rid-1-abc")], 0),
            (1, vec![given_up("refused 43101")], 0),
            (2, vec![given_up("unreadable")], 0),
            // Tried once more, and then no more.
            (3, vec![lost(), lost()], 0),
            (4, vec![delivered], 0),
            (5, vec![given_up("crashed")], -8 * DAY),
        ] {
            let place = if number == 1 { ("深圳市", "南山区") } else { ("广州市", "天河区") };
            lay_out(&store, number, Sample { place, ..Sample::default() }).await;
            let before = store.load(&format!("o{number:03}"), BATCH).await.unwrap();
            let mut push = commit(turn(&before), &before);
            push.turn.outbox.push(notice(&format!("n{number}"), "您的照片已通过"));
            store.commit(push).await.unwrap();
            for end in ends {
                let now = Now { business: later(60), wire: later(60) };
                let row = store.lease_outbox(1, now, 60).await.unwrap().rows.remove(0);
                assert!(store.begin_calls(std::slice::from_ref(&row.lease), true, now.wire).await.unwrap());
                assert!(store.settle_outbox(&row.lease, end, later(seconds)).await.unwrap());
            }
        }
        let row = |state, reason: &str, count| Ended { state, reason: reason.to_owned(), count };
        let of = async |area: &Area| store.count_ended_badly(area, later(-DAY)).await.unwrap();
        let (given_up, in_doubt) = (OutboxState::GivenUp, OutboxState::InDoubt);
        let rest = [row(given_up, "unreadable", 1), row(in_doubt, "crashed", 1)];
        let all = [&[row(given_up, "refused 43101", 2)], &rest[..]].concat();
        assert_eq!(of(&Area::everywhere()).await, all);
        let of_city = [&[row(given_up, "refused 43101", 1)], &rest[..]].concat();
        assert_eq!(of(&guangzhou()).await, of_city);
    }
}

#[tokio::test]
async fn an_overview_is_shared_for_a_few_seconds() {
    for db in db::each().await {
        let bot = TestApp::start(db, Mode::Plain, "2026-06-12T09:30").await;
        let (store, world) = (&bot.app.store, bot.app.runner.world.load_full());
        for number in 0..3 {
            let stage = if number == 2 { Stage::Submitted } else { Stage::PortraitAtCity };
            lay_out(store, number, Sample { stage, ..Sample::default() }).await;
        }
        let overviews = Overviews::default();
        let of = async |role: &str, seconds: i64| {
            let now = Now { business: later(seconds), wire: Millis(1_700_000_000_000).plus_seconds(seconds) };
            overviews.of(store, &Role::parse(role).unwrap(), &world, now).await
        };
        let overview = of("city:广州市", 0).await.unwrap();
        let mut hours = [0; 24];
        hours[9] = 3;
        assert_eq!(overview.handed_in, hours);
        let funnel: Vec<_> = overview.funnel.iter().filter(|(_, count)| *count > 0).collect();
        assert_eq!(funnel, [&(Phase::Review, 2), &(Phase::Submitted, 1)]);
        assert_eq!(overview.funnel.len(), Phase::ALL.len());
        assert_eq!((overview.waiting.len(), &overview.waiting[0].counts[..]), (1, &[2, 0, 0, 0][..]));
        let tianhe = overview.load.iter().find(|load| load.place.district == "天河区").unwrap();
        assert_eq!((tianhe.submitted, tianhe.days.is_empty()), (1, false));
        assert_eq!(overview.load.iter().map(|load| load.submitted).sum::<i64>(), 1);

        lay_out(store, 3, Sample::default()).await;
        let reads = store.reads();
        assert_eq!(of("city:广州市", 4).await.unwrap(), overview, "still the same");
        assert_eq!(store.reads(), reads, "nothing was read");
        let elsewhere = of("city:深圳市", 0).await.unwrap();
        assert!(elsewhere.funnel.iter().all(|(_, count)| *count == 0) && elsewhere.load.is_empty());
        let district = of("district:天河区", 0).await.unwrap();
        assert_eq!((district.load.len(), district.handed_in[9]), (1, 4));
        assert_eq!(of("city:广州市", 5).await.unwrap().handed_in[9], 4);
        assert!(matches!(of("announcer", 0).await, Err(LookError::Role)));
        assert_eq!(bot.end(0).await, Vec::<String>::new());
    }
}
