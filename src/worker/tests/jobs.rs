//! Jobs from lease to the step they lead to.

use image::{ExtendedColorType, ImageEncoder, codecs::jpeg::JpegEncoder};

use super::*;
use crate::{
    inbound::{PhotoSlot, PhotoSource},
    turn::{CheckPhoto, Job},
    validation::photo::PRECHECK_UNAVAILABLE,
    workflow::case::Round,
};

fn picture(shade: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let pixels = vec![shade; 80 * 60 * 3];
    JpegEncoder::new(&mut bytes).write_image(&pixels, 80, 60, ExtendedColorType::Rgb8).unwrap();
    bytes
}

/// Smaller than a document may be.
fn tiny() -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new(&mut bytes).write_image(&[90; 30 * 20 * 3], 30, 20, ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn check_photo(slot: PhotoSlot, sequence: u64, camera_md5: Vec<String>) -> Job {
    let checks: &[&str] = match slot {
        PhotoSlot::Portrait => &["readable", "portrait_size", "live", "not_repeated"],
        _ => &["readable", "not_repeated"],
    };
    Job::CheckPhoto(CheckPhoto {
        media_id: format!("media-{sequence}"),
        inbox_key: format!("key-{sequence}"),
        account: "gh_bot".to_owned(),
        slot,
        round: 0,
        sequence,
        case_id: "case-1".to_owned(),
        checks: checks.iter().map(|name| (*name).to_owned()).collect(),
        for_people: false,
        camera_md5,
    })
}

impl Rig {
    /// The person has sent pictures for a slot; the jobs are due.
    async fn send_pictures(&self, stage: Stage, slot: PhotoSlot, jobs: Vec<Job>) {
        let newest = jobs.len() as u64;
        let now = self.clock.business();
        self.apply_at(stage, |turn| {
            turn.session.talked_at = Some(now);
            turn.session.photo_sequence.insert(slot, newest);
            turn.session.photos_awaited.insert(slot);
            turn.jobs = jobs;
        })
        .await;
    }

    /// One more picture for a slot, worked on at once.
    async fn send_another(&self, slot: PhotoSlot, sequence: u64) {
        self.turn(|turn| {
            turn.session.photo_sequence.insert(slot, sequence);
            turn.jobs = vec![check_photo(slot, sequence, Vec::new())];
        })
        .await;
        self.work().await;
    }

    async fn change_case(&self, change: impl FnOnce(&mut Case)) {
        let before = self.case().await;
        let mut case = Case::clone(&before);
        change(&mut case);
        self.turn(|turn| {
            turn.case = Some(CaseChange { expected: before.version, case: Arc::new(case), entered_at: None });
        })
        .await;
    }

    async fn case(&self) -> Arc<Case> {
        self.load().await.case.unwrap()
    }
}

#[tokio::test]
async fn a_good_picture_is_kept_under_its_name() {
    let rig = Rig::new().await;
    rig.platform.script(MEDIA, picture(90));
    let job = check_photo(PhotoSlot::Front, 1, Vec::new());
    rig.send_pictures(Stage::DocumentsWanted, PhotoSlot::Front, vec![job]).await;
    assert_eq!(rig.work().await.jobs, 1);
    let photo = rig.case().await.documents[&PhotoSlot::Front].clone();
    assert_eq!((photo.width, photo.height, photo.source), (80, 60, PhotoSource::Chat));
    assert_eq!(rig.shelf.names(), [photo.name]);
    assert_eq!(rig.platform.calls(MEDIA)[0].query["media_id"], "media-1");
    assert_eq!(rig.store.count_jobs().await.unwrap(), (0, 0));
    assert_eq!(rig.sent_texts().len(), 1, "nobody waits any more, so that the verdict is a message");
}

#[tokio::test]
async fn a_picture_that_was_replaced_is_not_kept() {
    let rig = Rig::new().await;
    rig.platform.script(MEDIA, picture(90));
    rig.platform.script(MEDIA, picture(120));
    let jobs = (1..=2).map(|n| check_photo(PhotoSlot::Front, n, Vec::new())).collect();
    rig.send_pictures(Stage::DocumentsWanted, PhotoSlot::Front, jobs).await;
    rig.work().await;
    let photo = rig.case().await.documents[&PhotoSlot::Front].clone();
    assert_eq!(rig.shelf.names(), [photo.name]);
    let asked_for: Vec<_> =
        rig.platform.calls(MEDIA).iter().map(|call| call.query["media_id"].clone()).collect();
    assert_eq!(asked_for, ["media-2"], "the older one is not even fetched");
    assert_eq!(rig.store.count_jobs().await.unwrap(), (0, 0));
}

#[tokio::test]
async fn a_repeated_picture_stays_where_it_is() {
    let rig = Rig::new().await;
    rig.platform.script(MEDIA, picture(90));
    rig.platform.script(MEDIA, picture(90));
    let job = check_photo(PhotoSlot::Front, 1, Vec::new());
    rig.send_pictures(Stage::DocumentsWanted, PhotoSlot::Front, vec![job]).await;
    rig.work().await;
    rig.turn(|turn| {
        turn.session.photo_sequence.insert(PhotoSlot::Back, 2);
        turn.jobs = vec![check_photo(PhotoSlot::Back, 2, Vec::new())];
    })
    .await;
    rig.work().await;
    let case = rig.case().await;
    assert_eq!(case.documents.len(), 1);
    assert_eq!(rig.shelf.names(), [case.documents[&PhotoSlot::Front].name.clone()]);
}

#[tokio::test]
async fn a_picture_whose_place_another_took_is_taken_away_unless_it_was_submitted() {
    let rig = Rig::new().await;
    for shade in [90, 120, 150] {
        rig.platform.script(MEDIA, picture(shade));
    }
    let job = check_photo(PhotoSlot::Front, 1, Vec::new());
    rig.send_pictures(Stage::DocumentsWanted, PhotoSlot::Front, vec![job]).await;
    rig.work().await;
    let first = rig.case().await.documents[&PhotoSlot::Front].clone();
    rig.send_another(PhotoSlot::Front, 2).await;
    let second = rig.case().await.documents[&PhotoSlot::Front].clone();
    assert_eq!(rig.shelf.names(), std::slice::from_ref(&second.name), "the first was never submitted");
    rig.change_case(|case| {
        let photos = case.documents.clone();
        let part = crate::inbound::Part::Documents;
        let decisions = Vec::new();
        let round = Round { number: 1, part, photos, submitted_at: Millis(0), decisions, withdrawn: false };
        case.rounds.push(round);
    })
    .await;
    rig.send_another(PhotoSlot::Front, 3).await;
    let third = rig.case().await.documents[&PhotoSlot::Front].clone();
    let mut kept = [second.name, third.name];
    let mut names = rig.shelf.names();
    kept.sort();
    names.sort();
    assert_eq!(names, kept, "a submitted one stays");
    assert!(!names.contains(&first.name));
    assert_eq!(rig.store.count_jobs().await.unwrap(), (0, 0));
}

#[tokio::test]
async fn a_picture_that_is_named_by_now_is_not_taken_away() {
    let rig = Rig::new().await;
    rig.platform.script(MEDIA, picture(90));
    let job = check_photo(PhotoSlot::Front, 1, Vec::new());
    rig.send_pictures(Stage::DocumentsWanted, PhotoSlot::Front, vec![job]).await;
    rig.work().await;
    let name = rig.case().await.documents[&PhotoSlot::Front].name.clone();
    let clear =
        Job::ClearPhotos { case_id: "case-1".to_owned(), names: vec!["gone".to_owned(), name.clone()] };
    rig.turn(|turn| turn.jobs = vec![clear]).await;
    rig.work().await;
    assert_eq!(rig.shelf.names(), [name]);
    assert_eq!(rig.store.count_jobs().await.unwrap(), (0, 0));
}

#[tokio::test]
async fn the_job_names_the_checks_and_what_none_looked_at_is_for_people() {
    let rows: [(&[&str], bool); 4] =
        [(&["portrait_size"], false), (&["readable"], true), (&["of an older program"], true), (&[], true)];
    for (checks, is_kept) in rows {
        let rig = Rig::new().await;
        rig.platform.script(MEDIA, tiny());
        let Job::CheckPhoto(job) = check_photo(PhotoSlot::Front, 1, Vec::new()) else { unreachable!() };
        let checks = checks.iter().map(|name| (*name).to_owned()).collect();
        let job = Job::CheckPhoto(CheckPhoto { checks, ..job });
        rig.send_pictures(Stage::DocumentsWanted, PhotoSlot::Front, vec![job.clone()]).await;
        rig.work().await;
        let documents = rig.case().await.documents.clone();
        assert_eq!(!documents.is_empty(), is_kept, "{job:?}");
        assert!(documents.values().all(|photo| photo.precheck.codes == [PRECHECK_UNAVAILABLE]), "{job:?}");
    }
}

#[tokio::test]
async fn a_portrait_comes_from_the_menu_camera() {
    use md5::{Digest as _, Md5};
    let tall = {
        let mut bytes = Vec::new();
        JpegEncoder::new(&mut bytes)
            .write_image(&vec![90; 48 * 64 * 3], 48, 64, ExtendedColorType::Rgb8)
            .unwrap();
        bytes
    };
    let announced = vec![crate::secrets::hex(&Md5::digest(&tall))];
    let live = Some(PhotoSource::MenuCamera);
    let rows = [
        (announced.clone(), Vec::new(), live),
        (Vec::new(), announced, live),
        (vec!["900150983cd24fb0d6963f7d28e17f72".to_owned()], Vec::new(), None),
    ];
    for (known_then, known_now, source) in rows {
        let rig = Rig::new().await;
        rig.platform.script(MEDIA, tall.clone());
        let job = check_photo(PhotoSlot::Portrait, 1, known_then);
        rig.send_pictures(Stage::Capturing, PhotoSlot::Portrait, vec![job]).await;
        let now = rig.clock.business();
        rig.turn(|turn| turn.session.camera_md5.announce(&known_now, now)).await;
        rig.work().await;
        let case = rig.case().await;
        assert_eq!(case.portrait.as_ref().map(|photo| photo.source), source);
        let session = rig.load().await.session;
        assert!(session.camera_md5.awaited(now).is_empty(), "a verdict uses its announcement up");
        assert_eq!(rig.shelf.names().len(), usize::from(source.is_some()));
        assert_eq!(rig.sent_texts().len(), 1 + usize::from(source.is_some()), "words, and the portrait");
    }
}

#[tokio::test]
async fn a_picture_the_platform_does_not_give_is_asked_for_again_and_then_given_up() {
    let rig = Rig::new().await;
    for _ in 0..7 {
        rig.platform.refuse(MEDIA, -1);
    }
    let job = check_photo(PhotoSlot::Front, 1, Vec::new());
    rig.send_pictures(Stage::DocumentsWanted, PhotoSlot::Front, vec![job]).await;
    for asked in 1..=7 {
        rig.work().await;
        assert_eq!(rig.platform.calls(MEDIA).len(), asked);
        rig.clock.advance(16);
    }
    assert_eq!(rig.store.count_jobs().await.unwrap(), (0, 0));
    assert_eq!(rig.sent_texts().len(), 1, "the person is asked to send it again");
}

#[tokio::test]
async fn an_expired_picture_is_given_up_at_once() {
    let rig = Rig::new().await;
    rig.platform.refuse(MEDIA, 40007);
    let job = check_photo(PhotoSlot::Front, 1, Vec::new());
    rig.send_pictures(Stage::DocumentsWanted, PhotoSlot::Front, vec![job]).await;
    rig.work().await;
    assert_eq!(rig.platform.calls(MEDIA).len(), 1);
    assert_eq!(rig.sent_texts().len(), 1);
    assert!(rig.shelf.names().is_empty());
}

#[tokio::test]
async fn the_population_source_is_asked_until_it_answers() {
    let rig = Rig::new().await;
    rig.offices.silent.store(3, Ordering::SeqCst);
    let now = rig.clock.business();
    rig.apply_at(Stage::Verifying, |turn| {
        turn.session.talked_at = Some(now);
        turn.jobs = vec![Job::VerifyPopulation { case_id: "case-1".to_owned() }];
    })
    .await;
    for _ in 0..3 {
        rig.work().await;
        assert_eq!(rig.case().await.stage, Stage::Verifying);
        rig.clock.advance(600);
    }
    rig.work().await;
    assert_ne!(rig.case().await.stage, Stage::Verifying);
    let events: Vec<_> = rig.outbox().await.into_iter().map(|row| row.event).collect();
    assert_eq!(events, ["population_unavailable", "population_matched"], "told once, then the answer");
    assert_eq!(rig.store.count_jobs().await.unwrap(), (0, 0));
}

#[tokio::test]
async fn who_was_not_told_at_the_first_try_is_told_at_the_next() {
    let rig = Rig::new().await;
    rig.offices.silent.store(3, Ordering::SeqCst);
    rig.apply_at(Stage::Verifying, |turn| {
        turn.jobs = vec![Job::VerifyPopulation { case_id: "case-1".to_owned() }];
    })
    .await;
    let dying = rig.store.lease_jobs(1, rig.clock.now(), 0).await.unwrap();
    assert_eq!(dying.rows.len(), 1, "whoever took it first dies before it asks");
    for _ in 0..3 {
        rig.work().await;
        rig.clock.advance(600);
    }
    let events: Vec<_> = rig.outbox().await.into_iter().map(|row| row.event).collect();
    assert_eq!(events, ["population_unavailable"]);
    let audit = rig.store.list_audit(Some("case-1"), 10).await.unwrap();
    assert_eq!(audit.len(), 1, "a silence that is known changes nothing: {audit:?}");
}

#[tokio::test]
async fn a_case_that_moved_on_ends_its_job() {
    let rig = Rig::new().await;
    rig.apply_at(Stage::PlaceWanted, |turn| {
        turn.jobs = vec![
            Job::VerifyPopulation { case_id: "case-1".to_owned() },
            Job::Predict { case_id: "case-1".to_owned() },
            Job::Predict { case_id: "no such case".to_owned() },
        ];
    })
    .await;
    assert_eq!(rig.work().await, Idle { jobs: 3, outbox: 0 });
    assert_eq!(rig.store.count_jobs().await.unwrap(), (0, 0));
    assert_eq!(rig.case().await.stage, Stage::PlaceWanted);
}

#[tokio::test]
async fn a_prediction_waits_for_the_registry() {
    let rig = Rig::new().await;
    rig.offices.silent.store(1, Ordering::SeqCst);
    rig.apply_at(Stage::Predicting, |turn| turn.jobs = vec![Job::Predict { case_id: "case-1".to_owned() }])
        .await;
    rig.work().await;
    assert_eq!(rig.case().await.stage, Stage::Predicting);
    assert_eq!(rig.store.count_jobs().await.unwrap(), (1, 0));
    rig.clock.advance(10);
    rig.work().await;
    assert_ne!(rig.case().await.stage, Stage::Predicting);
    assert_eq!(rig.store.count_jobs().await.unwrap(), (0, 0));
}

#[tokio::test]
async fn a_job_that_cannot_be_opened_is_given_up_and_the_others_go_on() {
    let rig = Rig::new().await;
    rig.platform.script(MEDIA, picture(90));
    let jobs = vec![
        check_photo(PhotoSlot::Front, 1, Vec::new()),
        Job::VerifyPopulation { case_id: "no such case".to_owned() },
    ];
    rig.send_pictures(Stage::DocumentsWanted, PhotoSlot::Front, jobs).await;
    rig.befall("update jobs set body = substr(body, 1, 5) where kind = 'check_photo'").await;
    assert_eq!(rig.work().await, Idle { jobs: 2, outbox: 1 });
    assert_eq!(rig.store.count_jobs().await.unwrap(), (0, 1), "one left for people to look at");
    assert_eq!(rig.sent_texts(), ["刚才的照片没有取到，请再发一次。"]);
    assert!(rig.load().await.session.photos_awaited.is_empty());
    assert_eq!(rig.work().await, Idle::default());
}

#[tokio::test]
async fn a_picture_that_cannot_be_dealt_with_is_asked_for_again() {
    let rig = Rig::new().await;
    rig.shelf.full.store(true, Ordering::SeqCst);
    rig.platform.script(MEDIA, picture(90));
    let job = check_photo(PhotoSlot::Front, 1, Vec::new());
    rig.send_pictures(Stage::DocumentsWanted, PhotoSlot::Front, vec![job]).await;
    rig.work().await;
    assert_eq!(rig.sent_texts(), ["刚才的照片没有取到，请再发一次。"]);
    assert!(rig.load().await.session.photos_awaited.is_empty());
    assert_eq!(rig.store.count_jobs().await.unwrap(), (0, 0));
}

#[tokio::test]
async fn a_picture_that_ends_every_process_is_left_alone() {
    let rig = Rig::new().await;
    let job = check_photo(PhotoSlot::Front, 1, Vec::new());
    rig.send_pictures(Stage::DocumentsWanted, PhotoSlot::Front, vec![job]).await;
    rig.befall("update jobs set attempts = 8").await;
    rig.work().await;
    assert!(rig.platform.calls(MEDIA).is_empty());
    assert_eq!(rig.sent_texts(), ["刚才的照片没有取到，请再发一次。"]);
    assert_eq!(rig.store.count_jobs().await.unwrap(), (0, 0));
}

#[tokio::test]
async fn a_case_whose_job_was_lost_gets_it_again_after_a_minute() {
    for (stage, job) in [
        (Stage::Verifying, Job::VerifyPopulation { case_id: "case-1".to_owned() }),
        (Stage::Predicting, Job::Predict { case_id: "case-1".to_owned() }),
    ] {
        let rig = Rig::new().await;
        rig.apply_at(stage, |turn| turn.jobs = vec![job]).await;
        rig.befall("delete from jobs").await;
        rig.clock.advance(59);
        assert_eq!(rig.work().await, Idle::default());
        rig.clock.advance(1);
        assert_eq!(rig.work().await.jobs, 1, "{stage:?}");
        assert_ne!(rig.case().await.stage, stage);
        assert_eq!(rig.work().await, Idle::default());
    }
}
