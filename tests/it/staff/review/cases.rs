//! Applications that wait for a review: one walked there in the chat, others laid out beside it.

use std::{path::Path, sync::Arc};

use graduation_bot::{
    inbound::{Part, PhotoSlot, PhotoSource, Precheck, StoredPhoto},
    store::Commit,
    turn::{Binding, CaseChange, Found, RegistryAnswer, Turn},
    workflow::{
        candidate::Candidate,
        case::{Case, Place, Round, Stage},
    },
};
use mock_platform::{Item, Say, Via};

use crate::support::{app::TestApp, samples};

/// A finished portrait, and the two sides and the holder of a card.
const PHOTOS: [(PhotoSlot, &str); 4] = [
    (PhotoSlot::Portrait, "p_calm_ok_white.jpg"),
    (PhotoSlot::Back, "SPECIMEN_A_front_photo.jpg"),
    (PhotoSlot::Front, "SPECIMEN_A_back_photo.jpg"),
    (PhotoSlot::Handheld, "SPECIMEN_A_handheld.jpg"),
];

pub(super) fn picture(file: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/photos").join(file)).unwrap()
}

/// Somebody with a case.
pub(in crate::staff) struct Candidacy {
    pub(super) open_id: String,
    /// Eight digits.
    pub(in crate::staff) number: String,
}

impl Candidacy {
    /// What their chat has shown them, all of it.
    pub(in crate::staff) fn chat(&self, app: &TestApp) -> String {
        app.mock.chat(&self.open_id, 0).iter().map(Item::text).collect::<Vec<_>>().join("\n")
    }

    pub(in crate::staff) async fn case(&self, app: &TestApp) -> Arc<Case> {
        app.app.store.case_by_number(&self.number).await.unwrap().unwrap()
    }
}

/// A person of the samples who has handed in a portrait, by what they said and sent.
pub(super) async fn walked(app: &TestApp) -> Candidacy {
    let open_id = app.mock.user("考生").await;
    app.settle().await;
    let person = samples::people().unwrap().into_iter().find(|person| person.story == "id_pass").unwrap();
    let phone = person.phone.as_deref().map(|phone| &phone[phone.len() - 4..]);
    let binding = ["绑定", &person.exam_no, "同意", &person.document_no].into_iter().chain(phone);
    let opening = ["毕业申请", "开始毕业预测", "天河区", "13800138000", "申请"];
    let camera = [
        "确认无误",
        "我知道了，去拍照",
        "同意",
        "不用链接，在这里用菜单相机拍",
        "确认无误",
        "我知道了，去拍照",
    ];
    for words in binding.chain(opening).chain(camera) {
        app.say(&open_id, Say::text(words)).await;
        app.settle().await;
    }
    app.say(&open_id, Say::image(picture("p_calm_ok_white.jpg"), Via::Camera)).await;
    app.settle().await;
    app.say(&open_id, Say::text("我已摄像完成，下一步")).await;
    app.settle().await;
    let batch = app.app.runner.world.load().batch.id.clone();
    let case = app.app.store.load_fresh(&open_id, &batch).await.unwrap().case.unwrap();
    assert_eq!(case.stage, Stage::PortraitAtCity);
    Candidacy { open_id, number: case.number.clone() }
}

/// A follower whose case waits for a review of this part at the city's level, with pictures.
pub(in crate::staff) async fn laid_out(app: &TestApp, number: usize, part: Part) -> Candidacy {
    laid_out_with(app, number, part, None).await
}

/// The same in a second round, for which this picture was taken.
pub(in crate::staff) async fn laid_out_again(app: &TestApp, number: usize, portrait: &str) -> Candidacy {
    laid_out_with(app, number, Part::Portrait, Some(portrait)).await
}

async fn laid_out_with(app: &TestApp, number: usize, part: Part, again: Option<&str>) -> Candidacy {
    let open_id = app.mock.user(&format!("考生{number}")).await;
    app.settle().await;
    let (store, batch) = (&app.app.store, app.app.runner.world.load().batch.id.clone());
    let candidate = Arc::new(candidate(number));
    let mut before = store.load(&open_id, &batch).await.unwrap();
    let known = RegistryAnswer::Known { candidate: Arc::clone(&candidate), bound_to: None, case: None };
    before.found = Found { candidate: Some(known), ..Found::default() };
    let mut case = case(app, number, part, &open_id, &candidate).await;
    if let Some(file) = again {
        let portrait = stored(app, &case.id, file, true).await;
        let photos = [(PhotoSlot::Portrait, portrait)].into();
        case.rounds.push(Round { number: 2, photos, ..case.rounds[0].clone() });
        case.round = 2;
    }
    let mut turn = Turn::of_session(before.session.clone());
    turn.session.exam_no = Some(candidate.exam_no.clone());
    turn.binding = Some(Binding::Bind { exam_no: candidate.exam_no.clone() });
    let number = case.number.clone();
    turn.case = Some(CaseChange { expected: 0, case: Arc::new(case), entered_at: None });
    store.commit(Commit::new(turn, before, &batch, app.app.clock.business())).await.unwrap();
    Candidacy { open_id, number }
}

fn candidate(number: usize) -> Candidate {
    let all: Vec<Candidate> =
        serde_json::from_str(include_str!("../../../../examples/data/candidates.json")).unwrap();
    Candidate {
        exam_no: format!("0101{number:08}"),
        document_no: format!("4401031990{number:08}"),
        name: format!("考生{number}"),
        ..all[0].clone()
    }
}

async fn case(app: &TestApp, number: usize, part: Part, open_id: &str, candidate: &Candidate) -> Case {
    let id = format!("01J{number:023}");
    let mut photos = std::collections::BTreeMap::new();
    for (slot, file) in PHOTOS {
        let is_portrait = slot == PhotoSlot::Portrait;
        if part.includes(if is_portrait { Part::Portrait } else { Part::Documents }) {
            photos.insert(slot, stored(app, &id, file, is_portrait).await);
        }
    }
    let round = Round {
        number: 1,
        part,
        photos,
        submitted_at: app.app.clock.business(),
        decisions: Vec::new(),
        withdrawn: false,
    };
    let stage = match part {
        Part::Portrait => Stage::PortraitAtCity,
        Part::Documents => Stage::DocumentsAtCity,
        Part::Both => Stage::BundleAtCity,
    };
    let batch = app.app.runner.world.load().batch.id.clone();
    Case {
        stage,
        place: Some(Place { city: "广州市".to_owned(), district: "天河区".to_owned() }),
        phone: Some("+8613800138001".to_owned()),
        round: 1,
        rounds: vec![round],
        ..Case::open(id, format!("5000{number:04}"), &batch, open_id, candidate)
    }
}

async fn stored(app: &TestApp, case_id: &str, file: &str, is_portrait: bool) -> StoredPhoto {
    let jpeg = picture(file);
    let name = app.app.store.secrets().photo_name(case_id, &jpeg);
    app.app.photos.files().put(&name, &jpeg).await.unwrap();
    let (width, height) =
        image::load_from_memory(&jpeg).map(|image| (image.width(), image.height())).unwrap();
    let measures = if is_portrait { "eye_line=250 face_width=222 hair_top=85 off_centre=3" } else { "" };
    let codes = if is_portrait { vec!["HEAD_TILT".to_owned()] } else { Vec::new() };
    StoredPhoto {
        name,
        width,
        height,
        source: PhotoSource::CameraPage,
        shows: None,
        precheck: Precheck { codes, measures: measures.to_owned() },
    }
}
