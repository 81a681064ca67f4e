//! `aisle-oms serve`: the writer's thread, the door, and an end in good order.

use std::{
    io::Write,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use aisle_oms::{
    backup::{Backup, Safe},
    http::{self, Centre, admit::Admission, writer::Writer},
    sync::quarantine,
    words,
};
use anyhow::Context as _;
use tokio::net::TcpListener;
use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use super::home::{self, Home};

pub(crate) fn serve(home: Home, listen: Option<String>, backup: Option<PathBuf>) -> anyhow::Result<()> {
    let wanted = std::env::var("RUST_LOG").ok().and_then(|told| told.parse().ok());
    let filter = wanted.unwrap_or_else(|| Targets::new().with_default(tracing::Level::INFO));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
    let went_on = home.act(quarantine::retry_unknown)?;
    if went_on > 0 {
        tracing::info!(went_on, "operations that an older program did not know are applied");
    }
    let store = home.open()?;
    let now = home.now;
    let clock: http::Clock = Arc::new(now);
    let safe = Safe::default();
    let backup = match backup.or_else(|| home.settings.backup.folder.clone()) {
        Some(folder) => {
            store.leave_the_log()?;
            Some(back_up(&home, folder, Arc::clone(&clock), safe.clone())?)
        }
        None => None,
    };
    let writer = Writer::start(Box::new(store)).context("cannot start the writer")?;
    let address = listen.unwrap_or_else(|| home.settings.centre.listen.clone());
    let centre = Centre {
        writer,
        clock,
        mint: Arc::new(Mutex::new(home::mint()?)),
        settings: Arc::new(home.settings),
        safe,
        admission: Admission::default(),
    };
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let served = runtime.block_on(async move {
        let listener =
            TcpListener::bind(&address).await.with_context(|| format!("cannot listen on {address}"))?;
        let told = words::listens(&listener.local_addr()?);
        writeln!(std::io::stdout(), "{told}")?;
        std::io::stdout().flush()?;
        http::serve(listener, centre, asked_to_stop()).await.context("the listener failed")
    });
    // The last commits are shipped before the program ends.
    drop(backup);
    served
}

fn back_up(home: &Home, folder: PathBuf, clock: http::Clock, safe: Safe) -> anyhow::Result<Backup> {
    let mut mint = home::mint()?;
    let draw = Box::new(move || mint.bits());
    Backup::start(home.database.clone(), folder, clock, safe, draw).context("cannot start the backup")
}

/// Resolves on an interrupt, or when the system asks the program to end.
async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut ended) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = ended.recv() => {}
            }
            return;
        }
    }
    if interrupted.await.is_err() {
        std::future::pending::<()>().await;
    }
}
