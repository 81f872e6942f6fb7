//! Whatever comes, in whatever order.

use proptest::{prelude::*, sample::select};

use super::super::*;
use super::{
    everywhere::resting_states,
    play::{CANDIDATES, Player, live, photo, text},
};
use crate::{
    inbound::{CameraAct, Decision, Level, Part, PhotoVerdict, PopulationAnswered, ReviewAct},
    workflow::{case::Stage, transition::tests::sample},
};

/// One thing that happens.
#[derive(Debug, Clone)]
enum Act {
    Send(What),
    /// One of the choices or items that are open now.
    Choose(usize),
    /// The verdict on a picture under way, the newest first.
    Judge(usize, PhotoVerdict),
    /// A decision on the present round, or on one before it.
    Review(Level, u32, Decision),
    Wait(i64),
    Registry(bool),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        8 => (0..14_usize).prop_map(Act::Choose),
        6 => words().prop_map(|said| Act::Send(text(&said))),
        3 => other_messages().prop_map(Act::Send),
        3 => (0..3_usize, verdict()).prop_map(|(newest, verdict)| Act::Judge(newest, verdict)),
        3 => news().prop_map(Act::Send),
        3 => (level(), prop_oneof![4 => Just(0_u32), 1 => Just(1)], decision())
            .prop_map(|(level, back, decision)| Act::Review(level, back, decision)),
        1 => (0..200_000_i64).prop_map(Act::Wait),
        1 => any::<bool>().prop_map(Act::Registry),
    ];
    prop::collection::vec(act, 1..40)
}

const WORDS: &[&str] = &[
    "你好",
    "帮助",
    "菜单",
    "返回",
    "取消",
    "进度",
    "0",
    "继续",
    "毕业预测",
    "毕业申请",
    "申请",
    "绑定",
    "办理地点",
    "常见问题",
    "照片标准",
    "天河区在哪里办",
    "什么时候截止",
    "下一步做什么",
    "广州市区",
    "天河",
    "番禺区",
    "下一步",
    "确认无误",
    "信息有误",
    "我知道了，去拍照",
    "我已摄像完成，下一步",
    "提交身份证附件",
    "重新拍照",
    "新链接",
    "拍照",
    "改办理地点",
    "换电话",
    "撤回申请",
    "确定撤回",
    "同意",
    "不同意",
    "我同意",
    "隐私",
    "8001",
    "谢谢",
    "深圳在哪里办",
    "1、2",
    "第二个",
    "不要申请",
    "?",
    "",
    " ",
    "[微笑]",
    "【收到不支持的消息类型，暂无法显示】",
];

fn words() -> impl Strategy<Value = String> {
    let numbers = CANDIDATES.iter().flat_map(|candidate| {
        [
            candidate.exam_no.clone(),
            candidate.document_no.clone(),
            candidate.phone.clone().unwrap_or_default(),
        ]
    });
    let known: Vec<String> = WORDS.iter().map(|word| (*word).to_owned()).chain(numbers).collect();
    prop_oneof![
        6 => select(known.clone()),
        1 => (select(known), "\\PC{0,6}").prop_map(|(word, more)| word + &more),
        1 => "\\PC{0,60}",
        1 => "[0-9xX ]{1,19}",
        1 => any::<Vec<char>>().prop_map(String::from_iter),
        1 => Just("长".repeat(400)),
    ]
}

fn other_messages() -> impl Strategy<Value = What> {
    let keys = [
        "APPLY", "PREDICT", "PROGRESS", "PLACES", "STANDARD", "FAQ", "BIND", "MENU", "HELP", "PEOPLE", "GONE",
    ];
    let click = select(keys.to_vec()).prop_map(|key| What::Event(Event::Click { key: key.into() }));
    let camera = prop::collection::vec("[0-9a-f]{32}", 0..12)
        .prop_map(|md5| What::Event(Event::Camera { key: "CAMERA".into(), md5 }));
    let tap =
        ("\\PC{0,5}", "\\PC{0,20}").prop_map(|(content, item)| What::Text { content, item: Some(item) });
    let heard = prop::option::of(words()).prop_map(|recognition| What::Voice { recognition });
    prop_oneof![
        click,
        camera,
        tap,
        heard,
        Just(What::Photo { media_id: "media".into() }),
        Just(What::Photo { media_id: "media".into() }),
        Just(What::Video),
        Just(What::Link),
        Just(What::Location { latitude: f64::NAN, longitude: 0.0, label: String::new() }),
        "\\PC{0,9}".prop_map(|kind| What::Unsupported { kind }),
        scenes().prop_map(|scene| What::Event(Event::Subscribe { scene: Some(scene) })),
        Just(What::Event(Event::Unsubscribe)),
        scenes().prop_map(|scene| What::Event(Event::Scan { scene })),
        Just(What::Event(Event::TemplateSent { msg_id: "1".into(), status: "success".into() })),
        "\\PC{0,9}".prop_map(|name| What::Event(Event::Other { name })),
    ]
}

fn scenes() -> impl Strategy<Value = String> {
    let known = ["1", "camera", "place.广州市天河区", "place.番禺", "place.广州市区", "place.惠州市惠城区"];
    prop_oneof![
        4 => select(known.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,9}".prop_map(|name| format!("place.{name}")),
        1 => words().prop_map(|said| format!("place.{said}")),
    ]
}

fn verdict() -> impl Strategy<Value = PhotoVerdict> {
    let codes = ["UNREADABLE", "TOO_LARGE", "TOO_SMALL", "NOT_LIVE", "REPEATED"].map(str::to_owned);
    prop_oneof![
        "[a-h]".prop_map(|name| PhotoVerdict::Accepted(live(&name))),
        "[a-h]".prop_map(|name| PhotoVerdict::Accepted(photo(&name))),
        prop::sample::subsequence(codes.to_vec(), 1..4).prop_map(PhotoVerdict::Refused),
        Just(PhotoVerdict::Unavailable),
    ]
}

fn news() -> impl Strategy<Value = What> {
    let acts = vec![
        CameraAct::Claim { ticket: "ticket".into() },
        CameraAct::ConfirmData,
        CameraAct::ReadStandard,
        CameraAct::Finish,
    ];
    let mismatch = PopulationAnswered::Mismatch { reason: "姓名不一致".into() };
    let answers = vec![PopulationAnswered::Match, mismatch, PopulationAnswered::Unavailable];
    prop_oneof![
        select(acts).prop_map(What::Camera),
        verdict().prop_map(|verdict| What::Camera(CameraAct::Photo(verdict))),
        select(answers).prop_map(What::PopulationAnswered),
        Just(What::RegistryAnswered),
    ]
}

fn level() -> impl Strategy<Value = Level> {
    select(vec![Level::City, Level::Province])
}

fn decision() -> impl Strategy<Value = Decision> {
    let part = select(vec![Part::Documents, Part::Portrait, Part::Both]);
    let reject = (part, "[不够清楚 ]{2,8}").prop_map(|(part, opinion)| Decision::Reject {
        part,
        reasons: vec![],
        opinion,
    });
    prop_oneof![2 => Just(Decision::Approve), 1 => reject]
}

/// Somebody new, somebody bound, or somebody in the middle of it, in any state at all.
fn people() -> impl Strategy<Value = Player> {
    let states: Vec<&str> = resting_states(true).collect();
    let who = prop_oneof![
        1 => Just(Player::new()),
        1 => select(CANDIDATES.clone()).prop_map(|candidate| Player::bound(&candidate)),
        4 => select(Stage::ALL.to_vec()).prop_map(|stage| Player::with_case(sample(stage))),
    ];
    (who, prop::option::of(select(states)), prop::bool::weighted(0.8)).prop_map(
        |(mut player, state, agreed)| {
            if !agreed {
                player.snapshot.session.consents = Consents::default();
            }
            let open =
                |state: &&str| resting_states(player.snapshot.candidate.is_some()).any(|name| name == *state);
            if let Some(state) = state.filter(open) {
                player.snapshot.session.state = state.to_owned();
            }
            player
        },
    )
}

fn happen(player: &mut Player, act: Act) {
    match act {
        Act::Send(what) => drop(player.send(&what)),
        Act::Choose(number) => drop(player.send(&text(&(number + 1).to_string()))),
        Act::Judge(newest, verdict) => {
            let Some(check) = player.checks().into_iter().rev().nth(newest) else { return };
            player.send(&What::PhotoChecked(crate::inbound::PhotoChecked { verdict, ..check }));
        }
        Act::Review(level, back, decision) => {
            let round = player.snapshot.case.as_ref().map_or(0, |case| case.round).saturating_sub(back);
            player.send(&What::Review(ReviewAct { staff: "reviewer".into(), level, round, decision }));
        }
        Act::Wait(seconds) => player.now = player.now.plus_seconds(seconds),
        Act::Registry(answers) => player.registry = answers,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// [`Player::send`] checks every turn.
    #[test]
    fn every_message_is_answered_and_nothing_breaks(mut player in people(), acts in acts()) {
        for act in acts {
            happen(&mut player, act);
        }
    }

    #[test]
    fn the_same_message_makes_the_same_turn(player in people(), said in words()) {
        let (mut one, mut other) = (player.clone(), player);
        prop_assert_eq!(format!("{:?}", one.send(&text(&said))), format!("{:?}", other.send(&text(&said))));
    }
}
