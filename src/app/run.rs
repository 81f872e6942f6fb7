//! What runs all day: the server, the worker, and the look-out for imports; all end together, politely.

use std::{future::Future, sync::atomic::Ordering, time::Duration};

use tokio::{net::TcpListener, sync::watch, time::timeout};

use super::{App, AppError, load_world, zone};
/// How often another process's import is looked for.
const WORLD_POLL: Duration = Duration::from_secs(2);
/// Once told to stop: how long answers and jobs under way may take to end. What is not done then is leased again.
const FAREWELL: Duration = Duration::from_secs(20);

impl App {
    /// Serves people until `stop` resolves, with the worker inside if wanted; then finishes what is under way and
    /// closes the store.
    pub async fn serve(
        &self,
        listener: TcpListener,
        with_worker: bool,
        stop: impl Future<Output = ()>,
    ) -> Result<(), AppError> {
        let (stopping, stopped) = watch::channel(false);
        let server =
            axum::serve(listener, self.router()).with_graceful_shutdown(until(stopped.clone())).into_future();
        let serving = async {
            let ended = server.await;
            stopping.send_replace(true);
            ended
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

    /// Takes over what was imported since the present world was made; whether anything was.
    pub async fn refresh(&self) -> Result<bool, AppError> {
        let known = self.world_version.load(Ordering::SeqCst);
        let version = self.store.world_version().await?;
        if version == known {
            return Ok(false);
        }
        let zone = zone(&self.config).map_err(AppError::Part)?;
        let (read, world) = match load_world(&self.config, &zone, &self.store, &self.dialogs).await {
            Ok(loaded) => loaded,
            Err(error) => {
                // What cannot be used is told once, the next import is another version; what may pass is tried again.
                if !error.is_transient() {
                    self.world_version.store(version, Ordering::SeqCst);
                }
                return Err(error);
            }
        };
        self.world_version.store(read, Ordering::SeqCst);
        self.runner.world.store(std::sync::Arc::new(world));
        tracing::info!(version = read, "the imported tables were read again");
        Ok(true)
    }

    async fn follow_imports(&self, mut stopped: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(WORLD_POLL) => {}
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

/// Resolves at Ctrl-C or when the system asks the process to end.
pub async fn told_to_stop() {
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "Ctrl-C cannot be heard");
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => drop(signal.recv().await),
        Err(error) => {
            tracing::error!(%error, "SIGTERM cannot be heard");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending::<()>().await;
}
