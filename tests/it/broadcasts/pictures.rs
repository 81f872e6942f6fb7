//! Pictures and articles: by single messages and mass sends, and taken back.

use graduation_bot::{
    office::broadcasts,
    workflow::broadcast::{message::Message, plan::Route},
};
use mock_platform::{Body, Mode};

use super::{TODAY, announcer, draft, started, talkers};
use crate::support::{app::TestApp, db};

/// A small picture.
fn picture() -> (String, Vec<u8>) {
    let mut png = std::io::Cursor::new(Vec::new());
    let grey = image::DynamicImage::new_luma8(40, 30);
    grey.write_to(&mut png, image::ImageFormat::Png).unwrap();
    ("image/png".to_owned(), png.into_inner())
}

fn article() -> Message {
    Message::Article {
        title: "毕业办理改期".to_owned(),
        author: String::new(),
        digest: "初审改到6月18日".to_owned(),
        content: "<p>因台风影响，初审改到6月18日。</p>".to_owned(),
        source_url: "https://example.cn/notice/1".to_owned(),
        cover: None,
    }
}

#[tokio::test]
async fn pictures_and_articles_travel_both_ways_and_articles_can_be_deleted() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, TODAY).await;
        let people = talkers(&app, 3).await;
        let (author, other) = (announcer(&app, "播报甲").await, announcer(&app, "播报乙").await);
        let store = &app.app.store;
        let file = Message::Picture { file: String::new() };
        for (message, route) in [
            (file.clone(), Route::Single),
            (file, Route::Mass),
            (article(), Route::Single),
            (article(), Route::Mass),
        ] {
            let after = app.mock.last_seq();
            let mut draft = draft("", app.app.clock.business());
            (draft.content.message, draft.content.route) = (message.clone(), route);
            draft.picture = Some(picture());
            let running = started(&app, &author, &other, &draft).await;
            app.settle().await;
            for open_id in &people {
                let items = app.mock.chat(open_id, after);
                let [item] = items.as_slice() else { panic!("{route:?} {message:?}: {items:?}") };
                let is_picture = matches!(item.body, Body::Image { .. });
                assert_eq!(is_picture, matches!(message, Message::Picture { .. }), "{item:?}");
            }
            let now = app.app.clock.business();
            let ended = broadcasts::find(store, &author, running.number).await.unwrap();
            let wished = broadcasts::want_back(store, &author, &ended, now).await;
            let can_be = matches!(message, Message::Article { .. }) && route == Route::Mass;
            assert_eq!(wished.is_ok(), can_be, "{route:?} {message:?}: {wished:?}");
            app.settle().await;
            let lists = store.lists(&running.id).await.unwrap();
            assert_eq!(lists.iter().filter(|list| list.deleted_at.is_some()).count(), usize::from(can_be));
        }
        // One upload served all three, and each list has a draft of its own.
        let calls = app.mock.calls(0);
        let count = |path: &str| calls.iter().filter(|call| call.path == path).count();
        assert_eq!((count("/cgi-bin/media/upload"), count("/cgi-bin/draft/add")), (2, 1));
        assert_eq!(count("/cgi-bin/message/mass/delete"), 1);
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}
