//! What may stand between a phone and the bot: a network that loses an answer, a proxy that takes no large picture.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What happens to a connection now.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// Everything passes.
    Passes,
    /// Requests pass, answers do not.
    LosesAnswers,
    /// The proxy has words of its own.
    TakesNothing,
}

/// As nginx says it.
const TOO_LARGE: &[u8] =
    b"HTTP/1.1 413 Request Entity Too Large\r\nContent-Type: text/html\r\nContent-Length: 64\r\n\
    Connection: close\r\n\r\n<html><head><title>413</title></head><body>413</body></html>    \n";

/// Listens for the phone and passes on to the bot.
pub(super) struct Between {
    address: SocketAddr,
    mood: Arc<AtomicU8>,
}

impl Between {
    /// Before the bot of this address.
    pub(super) async fn start(bot: &str) -> Self {
        let bot: SocketAddr = bot.strip_prefix("http://").unwrap().parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mood = Arc::new(AtomicU8::new(Mood::Passes as u8));
        let now = Arc::clone(&mood);
        tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                let bot = TcpStream::connect(bot).await.unwrap();
                tokio::spawn(pass(phone, bot, Arc::clone(&now)));
            }
        });
        Self { address, mood }
    }

    /// From now on.
    pub(super) fn is(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }

    /// The same link by this way.
    pub(super) fn leads(&self, link: &str) -> String {
        let (_, path) = link.split_once("/camera/").unwrap();
        format!("http://{}/camera/{path}", self.address)
    }
}

/// One connection, until either side has ended it.
async fn pass(mut phone: TcpStream, mut bot: TcpStream, mood: Arc<AtomicU8>) {
    let is = |wanted: Mood| mood.load(Ordering::SeqCst) == wanted as u8;
    let (mut asked, mut answered) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    loop {
        tokio::select! {
            read = phone.read(&mut asked) => match read {
                Ok(0) | Err(_) => return,
                Ok(_) if is(Mood::TakesNothing) => {
                    // What is not read to its end would be a broken connection to a browser.
                    let _ = phone.write_all(TOO_LARGE).await;
                    let _ = phone.shutdown().await;
                    while phone.read(&mut asked).await.is_ok_and(|length| length > 0) {}
                    return;
                }
                Ok(length) => {
                    if bot.write_all(&asked[..length]).await.is_err() {
                        return;
                    }
                }
            },
            read = bot.read(&mut answered) => match read {
                Ok(0) | Err(_) => return,
                Ok(_) if is(Mood::LosesAnswers) => return,
                Ok(length) => {
                    if phone.write_all(&answered[..length]).await.is_err() {
                        return;
                    }
                }
            },
        }
    }
}
