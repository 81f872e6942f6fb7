//! A portrait that the checks refuse three times in a row goes to people, by a button of the page.

use super::site::{Bot, picture};

/// Without any colour, which even those without models see; each number another shade.
fn grey(shade: u8) -> Vec<u8> {
    let grey = image::RgbImage::from_pixel(600, 800, image::Rgb([shade; 3]));
    let mut jpeg = std::io::Cursor::new(Vec::new());
    grey.write_to(&mut jpeg, image::ImageFormat::Jpeg).expect("a vector takes everything");
    jpeg.into_inner()
}

const OFFER: &str = "请老师看下一张";

#[tokio::test]
async fn after_three_refusals_people_judge_the_next_picture() {
    let (bot, ticket) = Bot::with_link().await;
    let mut device = bot.at_camera(&ticket).await;
    let (status, html) = device.press(&ticket, "people").await;
    assert!(status == 422 && html.contains("还不用"), "not before: {html}");
    for nth in 1..=3 {
        let (status, html) = device.upload(&ticket, grey(100 + nth)).await;
        assert_eq!((status, html.contains("黑白照片")), (422, true), "{html}");
        assert_eq!(html.contains(OFFER), nth == 3, "{nth}: {html}");
    }
    let (status, html) = device.press(&ticket, "people").await;
    assert!(status == 200 && html.contains("由老师判断") && !html.contains(OFFER), "{html}");
    let (status, html) = device.upload(&ticket, grey(120)).await;
    assert_eq!(status, 200, "{html}");
    assert!(html.contains("黑白照片"), "what the reviewer may object to is said: {html}");
    let kept = bot.case().await.portrait.clone().unwrap();
    assert!(kept.precheck.codes.contains(&"GRAYSCALE".to_owned()), "{:?}", kept.precheck);
    // The next one is for the checks again.
    let (status, html) = device.upload(&ticket, grey(130)).await;
    assert_eq!((status, html.contains(OFFER)), (422, false), "{html}");
    assert_eq!(device.upload(&ticket, picture(600, 800, [200; 3])).await.0, 200);
}
