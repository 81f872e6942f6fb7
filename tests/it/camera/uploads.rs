//! How many pictures are read at once, and what somebody hears who finds no room.
//!
//! A request that says `Expect: 100-continue` shows when it is read: the server says `100 Continue` when its body is
//! first asked for.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{io, time::Duration};

use graduation_bot::{web::Uploads, workflow::case::Stage};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::site::{Bot, Device, picture};

/// An upload that has said what it will send, and waits to be asked for it.
struct Sender {
    stream: TcpStream,
    body: Vec<u8>,
}

impl Sender {
    async fn announce(bot: &Bot, ticket: &str, device: &Device, content: &[u8]) -> Self {
        let mut body =
            b"--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\n".to_vec();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--x--\r\n");
        let head = format!(
            "POST /camera/{ticket}/photo HTTP/1.1\r\nHost: bot\r\nConnection: close\r\nExpect: 100-continue\r\n\
             Cookie: {}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: {}\r\n\r\n",
            device.cookie.as_deref().unwrap(),
            body.len()
        );
        let mut stream = TcpStream::connect(bot.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        Self { stream, body }
    }

    /// Waits until the server asks for the picture.
    async fn asked(&mut self) {
        let mut heard = [0; 25];
        self.stream.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"HTTP/1.1 100 Continue\r\n\r\n");
    }

    /// Whether the server has said nothing yet.
    fn hears_nothing(&self) -> bool {
        self.stream.try_read(&mut [0; 1]).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Sends the picture; what the server answers.
    async fn send(mut self) -> String {
        self.stream.write_all(&self.body).await.unwrap();
        self.heard().await
    }

    /// What the server answers.
    async fn heard(mut self) -> String {
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

async fn at_camera(uploads: Uploads) -> (Bot, String, Device) {
    let bot = Bot::with_room(uploads).await;
    let ticket = bot.issue(1).await;
    let device = bot.at_camera(&ticket).await;
    (bot, ticket, device)
}

#[tokio::test]
async fn what_finds_no_place_is_not_read() {
    let (mut bot, ticket, device) = at_camera(Uploads::new(2, Duration::from_mins(1))).await;
    let mut first = Sender::announce(&bot, &ticket, &device, &picture(600, 800, [240; 3])).await;
    first.asked().await;
    let (of_second, second) = bot.next_person(2).await;
    let mut second = Sender::announce(&bot, &of_second, &second, b"no picture").await;
    second.asked().await;
    let (of_third, device) = bot.next_person(3).await;
    let mut third = Sender::announce(&bot, &of_third, &device, &picture(700, 900, [240; 3])).await;
    for _ in 0..3 {
        // Pages need no place, and while they are made the third one has its time to be read.
        assert_eq!(device.page(&of_third).await.0, 200);
    }
    assert!(third.hears_nothing(), "two are under way, and there are two places");
    assert!(second.send().await.starts_with("HTTP/1.1 422 "));
    third.asked().await;
    assert!(first.send().await.starts_with("HTTP/1.1 303 "));
    assert!(third.send().await.starts_with("HTTP/1.1 303 "));
    assert_eq!(bot.stored().await.len(), 2);
}

#[tokio::test]
async fn who_waits_too_long_is_asked_for_patience() {
    let (mut bot, ticket, device) = at_camera(Uploads::new(1, Duration::from_millis(1))).await;
    let mut slow = Sender::announce(&bot, &ticket, &device, &picture(600, 800, [240; 3])).await;
    slow.asked().await;
    let (of_late, device) = bot.next_person(2).await;
    let mut late = Sender::announce(&bot, &of_late, &device, &picture(700, 900, [240; 3])).await;
    // Its picture is passed over, so that a browser shows the answer and not a broken connection.
    late.asked().await;
    let answer = late.send().await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("系统正忙"), "{answer}");
    assert!(answer.contains("retry-after: 60") && answer.contains("这张照片没有保存"), "{answer}");
    assert_eq!(bot.case().await.stage, Stage::Capturing);
    assert!(slow.send().await.starts_with("HTTP/1.1 303 "));
}

#[tokio::test]
async fn of_one_cases_pictures_the_newest_goes() {
    let (bot, ticket, device) = at_camera(Uploads::new(4, Duration::from_mins(1))).await;
    let mut first = Sender::announce(&bot, &ticket, &device, &picture(600, 800, [240; 3])).await;
    first.asked().await;
    let mut second = Sender::announce(&bot, &ticket, &device, &picture(700, 900, [240; 3])).await;
    second.asked().await;
    let answer = first.heard().await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("没有收到照片"), "{answer}");
    assert!(second.send().await.starts_with("HTTP/1.1 303 "));
    assert_eq!(bot.case().await.portrait.as_ref().unwrap().width, 700);
    let mut third = Sender::announce(&bot, &ticket, &device, &picture(800, 900, [240; 3])).await;
    third.asked().await;
    assert!(third.send().await.starts_with("HTTP/1.1 303 "), "nothing is left of the ones before");
}

#[tokio::test]
async fn an_upload_that_breaks_off_gives_its_place_back() {
    let (bot, ticket, device) = at_camera(Uploads::new(1, Duration::from_mins(1))).await;
    let mut broken = Sender::announce(&bot, &ticket, &device, &picture(600, 800, [240; 3])).await;
    broken.asked().await;
    drop(broken);
    let mut next = Sender::announce(&bot, &ticket, &device, &picture(600, 800, [240; 3])).await;
    next.asked().await;
    assert!(next.send().await.starts_with("HTTP/1.1 303 "));
}
