//! What runs all day: the server, the worker, and the look-out for imports and for the next batch; all end together,
//! politely.

use std::{future::Future, sync::Arc, time::Duration};

use futures_util::future::OptionFuture;
use tokio::{net::TcpListener, sync::watch, time::timeout};

use super::{App, AppError, Source, build_world};
use crate::web;

/// How often another process's import is looked for.
const WORLD_POLL: Duration = Duration::from_secs(2);
/// Once told to stop: how long answers and jobs under way may take to end. What is not done then is leased again.
const FAREWELL: Duration = Duration::from_secs(20);

/// Where connections come in.
pub struct Sockets {
    /// People, the platform and probes; the offices, too, unless they have their own.
    pub people: TcpListener,
    /// The console and the JSON API.
    pub offices: Option<TcpListener>,
}

impl From<TcpListener> for Sockets {
    fn from(people: TcpListener) -> Self {
        Self { people, offices: None }
    }
}

impl App {
    /// Serves people until `stop` resolves, with the worker inside if wanted; then finishes what is under way and
    /// closes the store.
    pub async fn serve(
        &self,
        sockets: impl Into<Sockets>,
        with_worker: bool,
        stop: impl Future<Output = ()>,
    ) -> Result<(), AppError> {
        let (stopping, stopped) = watch::channel(false);
        let Sockets { people, offices } = sockets.into();
        let (outside, inside) = match offices {
            Some(offices) => {
                let (outside, inside) = web::routers_apart(self.site(), self.webhook());
                (outside, Some((offices, inside)))
            }
            None => (self.router(), None),
        };
        let server = |listener, router| {
            let ended = axum::serve(listener, router).with_graceful_shutdown(until(stopped.clone()));
            let ended = ended.into_future();
            async {
                let ended = ended.await;
                stopping.send_replace(true);
                ended
            }
        };
        let (outside, inside) =
            (server(people, outside), inside.map(|(listener, router)| server(listener, router)));
        let serving = async {
            let (outside, inside) = tokio::join!(outside, OptionFuture::from(inside));
            outside.and(inside.unwrap_or(Ok(())))
        };
        let working = async {
            if with_worker {
                self.worker.run_until_stopped(stopped.clone()).await;
            }
        };
        let all = async { tokio::join!(serving, working, self.follow_imports(stopped.clone())).0 };
        let ended = self.see_out(all, stop, &stopping).await.unwrap_or(Ok(()));
        Ok(ended?)
    }

    /// Runs the worker alone until `stop` resolves, then closes the store.
    pub async fn work(&self, stop: impl Future<Output = ()>) -> Result<(), AppError> {
        let (stopping, stopped) = watch::channel(false);
        let all = async {
            tokio::join!(self.worker.run_until_stopped(stopped.clone()), self.follow_imports(stopped.clone()))
        };
        self.see_out(all, stop, &stopping).await;
        Ok(())
    }

    /// Builds the world anew when something was imported since, or when another batch is the present one by now;
    /// whether it did. What cannot be used is told once: the next import is another version.
    pub async fn refresh(&self) -> Result<bool, AppError> {
        let mut source = self.source.lock().await;
        let version = self.store.world_version().await?;
        let now = self.clock.business();
        if source.is_of(version, now) {
            return Ok(false);
        }
        let rows = self.store.world_rows().await?;
        source.version = rows.version;
        *source = Source::read(&self.config, &rows, now)?;
        let world = build_world(&self.config, &rows, &source.calendar, &self.dialogs, now)?;
        tracing::info!(version = rows.version, batch = world.batch.id, "the world was built anew");
        self.runner.world.store(Arc::new(world));
        Ok(true)
    }

    async fn follow_imports(&self, mut stopped: watch::Receiver<bool>) {
        loop {
            // To the moment: whoever waits for a batch to open writes in its first second.
            let lasts = self.source.lock().await.calendar.lasts(self.clock.business());
            tokio::select! {
                () = tokio::time::sleep(lasts.map_or(WORLD_POLL, |lasts| lasts.min(WORLD_POLL))) => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
            if let Err(error) = self.refresh().await {
                tracing::error!(%error, "the imported tables cannot be used; the earlier ones stay in force");
            }
        }
    }

    /// Runs `all` until it ends or has been told to stop and had its time; then lets go of the store.
    async fn see_out<T>(
        &self,
        all: impl Future<Output = T>,
        stop: impl Future<Output = ()>,
        stopping: &watch::Sender<bool>,
    ) -> Option<T> {
        tokio::pin!(all);
        let ended = tokio::select! {
            ended = &mut all => Some(ended),
            () = stop => {
                stopping.send_replace(true);
                timeout(FAREWELL, all).await.ok()
            }
        };
        self.store.close().await;
        ended
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that nobody is left to say so, which is as good.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Resolves at Ctrl-C or when the system asks the process to end. Either is heard from this call on, not only once the
/// future is looked at: what comes in between must not end the process on the spot.
pub fn told_to_stop() -> impl Future<Output = ()> {
    let (interrupted, terminated) = signals();
    async move {
        tokio::select! {
            () = interrupted => {}
            () = terminated => {}
        }
    }
}

#[cfg(unix)]
fn signals() -> (impl Future<Output = ()>, impl Future<Output = ()>) {
    use tokio::signal::unix::{SignalKind, signal};
    let hear = |kind| {
        let heard = signal(kind);
        async move {
            match heard {
                Ok(mut heard) => drop(heard.recv().await),
                Err(error) => {
                    tracing::error!(%error, "Ctrl-C or SIGTERM cannot be heard");
                    std::future::pending::<()>().await;
                }
            }
        }
    };
    (hear(SignalKind::interrupt()), hear(SignalKind::terminate()))
}

#[cfg(not(unix))]
fn signals() -> (impl Future<Output = ()>, impl Future<Output = ()>) {
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "Ctrl-C cannot be heard");
            std::future::pending::<()>().await;
        }
    };
    (interrupted, std::future::pending::<()>())
}
