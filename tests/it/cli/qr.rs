//! `qr` against the mock platform: the pictures, what is said of them, and that a mistake asks for no code.

use std::fs;

use mock_platform::{Fault, Kind, Mock};

use super::{Desk, platform, sample};

const QR: &str = "/cgi-bin/qrcode/create";

/// Scenes that were asked for, in order.
fn scenes(mock: &Mock) -> Vec<String> {
    let calls = mock.calls(0).into_iter().filter(|call| call.path == QR);
    calls
        .map(|call| {
            let asked = call.request.to_string();
            assert!(asked.contains("QR_LIMIT_STR_SCENE"), "{asked}");
            asked.split("scene_str").nth(1).unwrap().replace(|c: char| "\\\":{} ".contains(c), "")
        })
        .collect()
}

async fn desk_and_mock() -> (Desk, Mock) {
    let mock = platform::mock(platform::FIELDS).await;
    (Desk::beside(&mock), mock)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poster_and_a_hand_over_are_drawn() {
    let (desk, mock) = desk_and_mock().await;
    desk.run(&["qr", "place", "天河区", "--out", "a.jpg"]).failed(2, &["import schedule"]);
    for (what, file) in [("batches", "batch.json"), ("schedule", "schedule-guangzhou.csv")] {
        desk.run(&["import", what, &sample(file)]).good();
    }
    let said = desk.run(&["qr", "place", "天河", "--out", "天河.jpg"]).good().out;
    for words in ["场景  place.广州市天河区\n", "网址  http://weixin.qq.com/q/", "图片  天河.jpg\n", "扫了："]
    {
        assert!(said.contains(words), "does not say {words:?}:\n{said}");
    }
    let picture = fs::read(desk.home.path().join("天河.jpg")).unwrap();
    assert_eq!(image::guess_format(&picture).unwrap(), image::ImageFormat::Jpeg);
    assert!(image::load_from_memory(&picture).unwrap().width() >= 200);

    desk.run(&["qr", "place", "广州市天河区", "--out", "again.JPG"]).good();
    assert_eq!(fs::read(desk.home.path().join("again.JPG")).unwrap(), picture, "one scene, one code");
    let said = desk.run(&["qr", "camera", "--out", "camera.jpeg"]).good().out;
    assert!(said.contains("场景  camera\n") && said.contains("新的拍照链接"), "{said}");
    assert_eq!(scenes(&mock), ["place.广州市天河区", "place.广州市天河区", "camera"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_asks_for_no_code_and_a_failure_says_what_to_do() {
    let (desk, mock) = desk_and_mock().await;
    for (what, file) in [("batches", "batch.json"), ("schedule", "schedule-guangzhou.csv")] {
        desk.run(&["import", what, &sample(file)]).good();
    }
    let place = |name: &str, out: &str| desk.run(&["qr", "place", name, "--out", out]);
    place("天何区", "a.jpg").failed(2, &["没有“天何区”", "是不是“天河区”？"]);
    place("广州市区", "a.jpg").failed(2, &["“广州市区”不受理考生", "荔湾区"]);
    place("天河区", "a.png").failed(2, &["请写 .jpg 结尾", "a.png"]);
    place("天河区", "nowhere/a.jpg").failed(2, &["写不了 nowhere/a.jpg"]);
    desk.run(&["qr", "place", "天河区"]).failed(2, &["还缺：--out <文件>"]);
    desk.run(&["qr", "camera", "--out", "a"]).failed(2, &["请写 .jpg 结尾"]);
    assert_eq!(scenes(&mock).len(), 1, "only what cannot be written was asked for");

    mock.fault(Fault::once(QR, Kind::Errcode, 45029));
    place("天河区", "a.jpg").failed(1, &["永久二维码满了", "45029", "不占新的名额"]);
    mock.fault(Fault::once("/cgi-bin/showqrcode", Kind::Status, 502));
    place("天河区", "a.jpg").failed(1, &["图片没有取到", "wechat.mp_base", "http://weixin.qq.com/q/"]);
    mock.fault(Fault::once("/cgi-bin/showqrcode", Kind::Garbage, 0));
    place("天河区", "a.jpg").failed(1, &["图片没有取到", "看不懂"]);
    assert!(!desk.home.path().join("a.jpg").exists());
}
