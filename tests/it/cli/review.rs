//! `review` and `person`: level, city and round are held, nothing personal is shown, everything is audited.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use graduation_bot::{
    app::{self, App},
    clock::Now,
    config::Config,
    ids::Ids,
    inbound::{Decision, Part, PhotoSlot, PhotoSource, Precheck, StoredPhoto},
    office::{self, ReviewError},
    store::{Commit, Committed, OutboxFilter, OutboxState, Sent},
    time::Millis,
    turn::{Binding, CaseChange, FailedAttempt, PER_NUMBER, RegistryAnswer, Turn},
    validation::document_type::Track,
    workflow::{
        candidate::{Candidate, read_candidates},
        case::{Case, Place, Round, Stage},
    },
};

use super::{Desk, sample};
use crate::store::{notice, turn};

pub(super) const OPEN_ID: &str = "o-reviewed";
const NUMBER: &str = "12345678";

/// A case with document photos at the city office, with everything around it.
pub(super) async fn desk() -> Desk {
    desk_of("010112345678", None).await
}

/// The same case, submitted for good.
pub(super) async fn desk_of_submitted() -> Desk {
    desk_of("010112345678", Some(Stage::Submitted)).await
}

async fn desk_of(exam_no: &str, stage: Option<Stage>) -> Desk {
    let desk = Desk::with_samples();
    desk.add_staff("市考办", "city:广州市");
    desk.add_staff("省考办", "province");
    desk.add_staff("天河", "district:天河区");
    desk.add_staff("管理员", "admin");
    let text = std::fs::read_to_string(sample("candidates.json")).unwrap();
    let candidates = read_candidates(&text, jiff::civil::date(2026, 6, 15), |candidate| candidate).unwrap();
    let candidate = Arc::new(candidates.into_iter().find(|one| one.exam_no == exam_no).unwrap());
    let case = case(&candidate);
    let case = Case { stage: stage.unwrap_or(case.stage), ..case };
    let store = desk.store().await;
    let mut before = store.load(OPEN_ID, "2026-06").await.unwrap();
    before.found.candidate =
        Some(RegistryAnswer::Known { candidate: Arc::clone(&candidate), bound_to: None, case: None });
    let mut session = before.session.clone();
    session.exam_no = Some(candidate.exam_no.clone());
    "main.menu".clone_into(&mut session.state);
    let turn = Turn {
        record: Some(Arc::clone(&candidate)),
        case: Some(CaseChange { expected: 0, case: Arc::new(case), entered_at: None }),
        binding: Some(Binding::Bind { exam_no: candidate.exam_no.clone() }),
        ..Turn::of_session(session)
    };
    let commit = Commit::new(turn, before, "2026-06", Millis(1_781_486_000_000));
    assert_eq!(store.commit(commit).await.unwrap(), Committed::Stored);
    store.close().await;
    desk
}

impl Desk {
    /// The program with this desk's folder, in this process.
    async fn office(&self) -> App {
        let mut config: Config = toml::from_str(&self.settings()).unwrap();
        config.files_url = format!("file:{}", self.home.path().join("data/files").display());
        let clock = app::clock(&config);
        App::start(config, clock, Ids::random()).await.unwrap()
    }

    async fn store_black_picture(&self, name: &str) {
        let mut content = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(600, 400).write_to(&mut content, image::ImageFormat::Jpeg).unwrap();
        let office = self.office().await;
        office.photos.files().put(name, content.get_ref()).await.unwrap();
        office.store.close().await;
    }

    /// An opinion that waits for the candidate; its row.
    async fn hold_a_push(&self) -> String {
        let store = self.store().await;
        let before = store.load(OPEN_ID, "2026-06").await.unwrap();
        let mut turn = turn(&before);
        turn.outbox.push(notice("opinion", "审核意见：头发遮挡眉毛"));
        let at = Millis(1_781_486_000_000);
        assert_eq!(store.commit(Commit::new(turn, before, "2026-06", at)).await.unwrap(), Committed::Stored);
        let now = Now { business: at, wire: at };
        let row = store.lease_outbox(1, now, 60).await.unwrap().rows.remove(0);
        let held = Sent::Held { reason: "no window".to_owned() };
        assert!(store.settle_outbox(&row.lease, held, at).await.unwrap());
        store.close().await;
        row.lease.id
    }
}

fn case(candidate: &Candidate) -> Case {
    let photo = |n: u8| StoredPhoto {
        name: format!("{n:064x}"),
        width: 1200,
        height: 800,
        source: PhotoSource::Chat,
        shows: None,
        precheck: Precheck {
            codes: vec!["PRECHECK_UNAVAILABLE".to_owned()],
            measures: "step_ratio=2.5".to_owned(),
        },
    };
    let documents: BTreeMap<PhotoSlot, StoredPhoto> =
        [(PhotoSlot::Front, photo(1)), (PhotoSlot::Back, photo(2)), (PhotoSlot::Handheld, photo(3))].into();
    let portrait = (candidate.track() == Track::NonId).then(|| photo(4));
    let photos =
        documents.clone().into_iter().chain(portrait.clone().map(|photo| (PhotoSlot::Portrait, photo)));
    let (part, stage) = match portrait {
        Some(_) => (Part::Both, Stage::BundleAtCity),
        None => (Part::Documents, Stage::DocumentsAtCity),
    };
    let round = Round {
        number: 1,
        part,
        photos: photos.collect(),
        submitted_at: Millis(1_781_486_000_000),
        decisions: Vec::new(),
        withdrawn: false,
    };
    Case {
        stage,
        place: Some(Place { city: "广州市".to_owned(), district: "天河区".to_owned() }),
        phone: Some("+8613800138000".to_owned()),
        documents,
        portrait,
        round: 1,
        rounds: vec![round],
        ..Case::open(
            "01JZZZZZZZZZZZZZZZZZZZZZZZ".to_owned(),
            NUMBER.to_owned(),
            "2026-06",
            OPEN_ID,
            candidate,
        )
    }
}

#[tokio::test]
async fn a_page_shows_enough_and_nothing_whole() {
    let desk = desk().await;
    let list = desk.run(&["review", "list", "--as", "市考办"]).good().out;
    assert!(list.contains("1234-5678") && list.contains("市考办审核证件"), "{list}");
    desk.run(&["review", "list", "--limit", "0"]).failed(2, &["至少写 1"]);
    let none = Desk::with_samples().run(&["review", "list", "--all"]).good().out;
    assert_eq!(none, "还没有申请。\n");
    let list = desk.run(&["review", "list", "--as", "省考办"]).good().out;
    assert!(!list.contains("1234-5678"), "it is the city's turn: {list}");
    let page = desk.run(&["review", "show", "1234-5678", "--as", "市考办"]).good().out;
    for words in ["第 1 轮", "证件正面", "1200×800", "陈**", "还没有决定", "01********78"] {
        assert!(page.contains(words), "{words}:\n{page}");
    }
    for whole in ["陈样例", "440103199003070037", "13800138000", "010112345678"] {
        assert!(!page.contains(whole), "{whole}:\n{page}");
    }
}

/// A district reads its own appointments and needs no photo for that.
#[tokio::test]
async fn a_look_asks_the_table_of_acts_and_is_written_down() {
    let desk = desk().await;
    let folder = desk.home.path().join("out");
    let photos = ["--photos", folder.to_str().unwrap()];
    let show = |more: &[&str]| desk.run(&[&["review", "show", NUMBER], more].concat());
    show(&["--as", "天河"]).failed(2, &["不能看申请"]);
    show(&[&["--as", "天河"], &photos[..]].concat()).failed(2, &["不能看申请"]);
    show(&photos).failed(2, &["--as"]);
    desk.store_black_picture(&format!("{:064x}", 1)).await;
    show(&[&["--as", "市考办"], &photos[..]].concat()).failed(1, &["证件正面", "证件反面", "文件不在了"]);
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let shown = image::open(&files[0]).unwrap();
    assert!(shown.into_luma8().pixels().any(|pixel| pixel.0[0] > 30), "a mark is burnt in");
    show(&[]).good();
    let store = desk.store().await;
    let audit = store.list_audit(Some("01JZZZZZZZZZZZZZZZZZZZZZZZ"), 50).await.unwrap();
    let looks: Vec<_> =
        audit.iter().map(|row| (row.audit.actor.as_str(), row.audit.act.as_str())).rev().collect();
    let city = "staff:市考办";
    let told = [
        ("operator", "view_case"),
        (city, "view_case"),
        (city, "view_photo"),
        (city, "view_photo"),
        ("operator", "view_case"),
    ];
    assert_eq!(looks, told, "{audit:?}");
    store.close().await;
}

#[tokio::test]
async fn both_levels_approve_in_their_order() {
    let desk = desk().await;
    let approve = |staff: &str| desk.run(&["review", "approve", NUMBER, "--as", staff, "--round", "1"]);
    approve("省考办").failed(2, &["轮到市考办"]);
    approve("天河").failed(2, &["不能审核"]);
    approve("管理员").failed(2, &["不能审核"]);
    approve("市考").failed(2, &["没有账号", "是不是“市考办”"]);
    desk.run(&["review", "approve", NUMBER, "--as", "市考办", "--round", "2"])
        .failed(2, &["轮次不对", "第 1 轮"]);
    assert!(approve("市考办").good().out.contains("省考办审核证件"));
    approve("市考办").failed(2, &["轮到省考办"]);
    assert!(approve("省考办").good().out.contains("证件审核通过"));
    let store = desk.store().await;
    let audit = store.list_audit(None, 50).await.unwrap();
    for actor in ["staff:市考办", "staff:省考办"] {
        assert_eq!(audit.iter().filter(|row| row.audit.actor == actor).count(), 1, "{audit:?}");
    }
    store.close().await;
}

/// Its store remembers the case as it was when the province office was refused.
#[tokio::test]
async fn a_process_that_stays_decides_on_the_case_as_it_is() {
    let desk = desk().await;
    let office = desk.office().await;
    let staff = office.store.staff("省考办").await.unwrap().unwrap();
    let approve = async || {
        let case = office.store.case_by_number(NUMBER).await.unwrap().unwrap();
        office::decide(&office.runner, &staff, &case, 1, Decision::Approve).await
    };
    let early = approve().await;
    assert!(matches!(early, Err(ReviewError::Refused("wrong_level"))), "{early:?}");
    desk.run(&["review", "approve", NUMBER, "--as", "市考办", "--round", "1"]).good();
    assert_eq!(approve().await.unwrap().stage, Stage::DocumentsApproved);
    office.store.close().await;
}

#[tokio::test]
async fn a_rejection_needs_words_and_its_part() {
    let desk = desk().await;
    let reject = |more: &[&str]| {
        desk.run(&[&["review", "reject", "1234-5678", "--as", "市考办", "--round", "1"], more].concat())
    };
    reject(&[]).failed(2, &["--opinion"]);
    reject(&["--reason", "D99"]).failed(2, &["D99", "P01 P02"]);
    reject(&["--reason", "P03"]).failed(2, &["P 开头的说毕业证照片"]);
    reject(&["--opinion", "模糊"]).failed(2, &["至少 4 个字"]);
    reject(&["--opinion", &"模糊".repeat(251)]).failed(2, &["最多 500 个字"]);
    reject(&["--part", "portrait", "--opinion", "照片模糊请重拍"]).failed(2, &["提交的是证件照片"]);
    assert!(reject(&["--opinion", "照片模糊请重拍"]).good().out.contains("证件审核不通过"));
    let page = desk.run(&["review", "show", NUMBER]).good().out;
    assert!(page.contains("意见：照片模糊请重拍") && page.contains("市考办不通过"), "{page}");
    desk.run(&["review", "show", "87654321"]).failed(2, &["没有编号"]);
}

#[tokio::test]
async fn reasons_give_the_opinion_and_a_slip_is_taken_back() {
    let desk = desk().await;
    let back = |staff: &str| desk.run(&["review", "take-back", NUMBER, "--as", staff]);
    back("市考办").failed(2, &["没有可以收回的决定"]);
    let reject = ["review", "reject", NUMBER, "--as", "市考办", "--round", "1"];
    let reasons = ["--reason", "d03", "--reason", "D01", "--opinion", "请靠近一些拍"];
    let said = desk.run(&[&reject[..], &reasons[..]].concat()).good().out;
    desk.set_back(60);
    assert!(
        said.contains("证件审核不通过") && said.contains("review take-back 1234-5678 --as 市考办"),
        "{said}"
    );
    let page = desk.run(&["review", "show", NUMBER]).good().out;
    let opinion = "意见：证件照片不清晰或信息不全；手持照看不清人脸、手臂或证件信息；请靠近一些拍";
    assert!(page.contains(opinion) && page.contains("原因：D01 D03"), "{page}");
    back("省考办").failed(2, &["别的账号"]);
    back("天河").failed(2, &["不能审核"]);
    assert!(back("市考办").good().out.contains("市考办审核证件"));
    back("市考办").failed(2, &["没有可以收回的决定"]);
    let page = desk.run(&["review", "show", NUMBER]).good().out;
    assert!(page.contains("还没有决定"), "{page}");
    let store = desk.store().await;
    assert_eq!(store.list_outbox(&OutboxFilter::default()).await.unwrap(), []);
    let audit = store.list_audit(None, 50).await.unwrap();
    let acts = audit.iter().filter(|row| row.audit.actor == "staff:市考办");
    let acts: BTreeSet<_> = acts.map(|row| (row.audit.act.as_str(), row.audit.detail.as_str())).collect();
    let told = [
        ("review", "documents_at_city → documents_rejected (documents D01 D03)"),
        ("take_back", "documents_rejected → documents_at_city"),
    ];
    assert_eq!(acts, told.into());
    store.close().await;
}

#[tokio::test]
async fn a_bundle_is_decided_with_a_verdict_per_part() {
    let desk = desk_of("010126000008", None).await;
    let list = desk.run(&["review", "list", "--as", "市考办"]).good().out;
    assert!(list.contains("1234-5678") && list.contains("市考办审核照片和证件"), "{list}");
    let page = desk.run(&["review", "show", NUMBER, "--as", "市考办"]).good().out;
    for words in
        ["港澳居民来往内地通行证 H0******6", "毕业证照片和证件照片", "证件正面", "  毕业证照片  1200×800"]
    {
        assert!(page.contains(words), "{words}:\n{page}");
    }
    let reject = |staff: &str, more: &[&str]| {
        let act = ["review", "reject", NUMBER, "--as", staff, "--round", "1", "--opinion", "手持的看不清脸"];
        desk.run(&[&act[..], more].concat())
    };
    reject("市考办", &[]).failed(2, &["--part portrait", "--part documents", "--part both"]);
    reject("省考办", &["--part", "both"]).failed(2, &["轮到市考办"]);
    desk.run(&["review", "approve", NUMBER, "--as", "市考办", "--round", "1"]).good();
    assert!(reject("省考办", &["--part", "documents"]).good().out.contains("照片和证件审核不通过"));
    let page = desk.run(&["review", "show", NUMBER]).good().out;
    assert!(page.contains("市考办通过"), "{page}");
    assert!(page.contains("省考办不通过（毕业证照片通过，证件照片不通过）"), "{page}");
    let store = desk.store().await;
    let audit = store.list_audit(None, 50).await.unwrap();
    let decided = audit.iter().filter(|row| row.audit.act == "review").map(|row| row.audit.detail.as_str());
    let decided: Vec<&str> = decided.collect();
    let named = "bundle_at_province → bundle_rejected (documents)";
    assert!(decided.contains(&named), "{decided:?}");
    store.close().await;
}

#[tokio::test]
async fn a_binding_is_freed_by_those_who_may() {
    let desk = desk().await;
    let unbind = |exam_no: &str, staff: &str, reason: &str| {
        desk.run(&["person", "unbind", exam_no, "--as", staff, "--reason", reason])
    };
    unbind("01011234567", "省考办", "考生换了微信").failed(2, &["12 位"]);
    unbind("010112345678", "市考办", "考生换了微信").failed(2, &["province 或 admin"]);
    unbind("010112345678", "省考办", "x").failed(2, &["原因太短"]);
    for reason in ["来电 13912345678", "陈样例换了微信"] {
        unbind("010112345678", "省考办", reason).failed(2, &["原因里有号码或姓名"]);
    }
    unbind("010126000001", "省考办", "考生换了微信").failed(2, &["没有被绑定"]);
    let held = desk.hold_a_push().await;
    unbind("010112345678", "管理员", "考生换了微信").good();
    unbind("010112345678", "管理员", "考生换了微信").failed(2, &["没有被绑定"]);
    desk.run(&["review", "approve", NUMBER, "--as", "市考办", "--round", "1"]).failed(2, &["没有绑定微信"]);
    let store = desk.store().await;
    let held = store.outbox_row(&held).await.unwrap().unwrap();
    assert_eq!((held.state, held.reason.as_deref()), (OutboxState::GivenUp, Some("unbound")));
    let due = OutboxFilter { state: Some(OutboxState::Due), ..OutboxFilter::default() };
    let told = store.list_outbox(&due).await.unwrap();
    assert_eq!(
        told.iter().map(|row| (row.open_id.as_str(), row.event.as_str())).collect::<Vec<_>>(),
        [(OPEN_ID, "unbound")]
    );
    let session = store.load_fresh(OPEN_ID, "2026-06").await.unwrap().session;
    assert_eq!((session.exam_no, session.state.as_str()), (None, ""));
    let audit = store.list_audit(None, 50).await.unwrap();
    assert!(
        audit.iter().any(|row| row.audit.act == "unbind" && row.audit.actor == "staff:管理员"),
        "{audit:?}"
    );
    store.close().await;
}

#[tokio::test]
async fn a_locked_exam_number_is_freed_by_those_who_may() {
    let desk = desk().await;
    let unlock = |exam_no: &str, staff: &str, reason: &str| {
        desk.run(&["person", "unlock", exam_no, "--as", staff, "--reason", reason])
    };
    let exam_no = "010126000001";
    unlock(exam_no, "省考办", "已核对身份").failed(2, &["没有暂停绑定", "01********01"]);
    let store = desk.store().await;
    for _ in 0..PER_NUMBER {
        let before = store.load(OPEN_ID, "2026-06").await.unwrap();
        let mut turn = turn(&before);
        let day = jiff::civil::date(2026, 6, 15);
        turn.failed_attempt = Some(FailedAttempt { exam_no: exam_no.to_owned(), day });
        let commit = Commit::new(turn, before, "2026-06", Millis(1_781_486_000_000));
        assert_eq!(store.commit(commit).await.unwrap(), Committed::Stored);
    }
    unlock(exam_no, "市考办", "已核对身份").failed(2, &["province 或 admin"]);
    unlock(exam_no, "省考办", "x").failed(2, &["原因太短"]);
    assert!(store.is_locked(exam_no).await.unwrap());
    unlock("0101-2600-0001", "省考办", "已核对身份").good();
    assert!(!store.is_locked(exam_no).await.unwrap());
    let audit = store.list_audit(Some(&store.exam_key(exam_no)), 5).await.unwrap();
    let line = &audit[0].audit;
    assert_eq!(
        (line.actor.as_str(), line.act.as_str(), line.detail.as_str()),
        ("staff:省考办", "unlock", "已核对身份")
    );
    store.close().await;
}
