//! The door for terminals and integrators: parse, call, answer. No decision is made here.
//!
//! [`writer`] is the one thread that owns the store; handlers send it closures and await their answers,
//! which come only after the commit. [`problem`] words every refusal as `application/problem+json`.

pub mod admit;
pub mod auth;
pub mod body;
pub mod integrator;
pub mod problem;
pub mod terminal;
pub mod writer;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use aisle_core::{id::Mint, time::Millis};
use axum::{Router, routing};
use tokio::net::TcpListener;

use crate::{
    backup::Safe,
    context::Context,
    settings::Settings,
    store::{self, Tx},
};
use admit::Admission;
use writer::{WriteError, Writer};

/// What every handler shares.
#[derive(Clone)]
pub struct Centre {
    /// The one writer.
    pub writer: Writer,
    /// The time, as the binary reads it.
    pub clock: Clock,
    /// Ids that this process mints.
    pub mint: Arc<Mutex<Mint>>,
    /// The configuration.
    pub settings: Arc<Settings>,
    /// How far terminals' operations are in a backup.
    pub safe: Safe,
    /// Whose batches come in when many come at once.
    pub admission: Admission,
}

impl Centre {
    /// Runs a business operation in the writer's next group.
    ///
    /// # Errors
    /// See [`writer::WriteError`]; on any error nothing of it was kept.
    pub async fn run<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&mut Tx<'_>, &mut Context<'_>) -> store::Result<T> + Send + 'static,
    ) -> Result<T, WriteError> {
        let (settings, mint, now) = (Arc::clone(&self.settings), Arc::clone(&self.mint), (self.clock)());
        let command = move |tx: &mut Tx<'_>| {
            let mut mint = mint.lock().unwrap_or_else(PoisonError::into_inner);
            operation(tx, &mut Context { now, settings: &settings, mint: &mut mint })
        };
        self.writer.run(command).await
    }
}

/// A source of the time, given by the binary or a test.
pub type Clock = Arc<dyn Fn() -> Millis + Send + Sync>;

/// All routes.
pub fn router(centre: Centre) -> Router {
    Router::new()
        .route("/health", routing::get(terminal::health))
        .route("/v1/terminal/ops", routing::post(terminal::ops))
        .route("/v1/terminal/feed", routing::get(terminal::feed))
        .route("/v1/terminal/snapshot", routing::get(terminal::snapshot))
        .route("/v1/terminal/salvage", routing::post(terminal::salvage))
        .route("/v1/orders", routing::post(integrator::take_order))
        .route("/v1/orders/{reference}", routing::get(integrator::order))
        .route("/v1/orders/{reference}/cancel", routing::post(integrator::cancel_order))
        .route("/v1/stock/{item}", routing::get(integrator::stock))
        .route("/v1/events", routing::get(integrator::events))
        .fallback(problem::Problem::unknown_path)
        .method_not_allowed_fallback(problem::Problem::wrong_method)
        .with_state(centre)
}

/// Looks once an hour for tombstones that nobody needs any more.
async fn prune(centre: Centre) {
    let mut hourly = tokio::time::interval(std::time::Duration::from_secs(3_600));
    loop {
        hourly.tick().await;
        if let Err(error) = centre.run(|tx, context| crate::sync::feed::prune(tx, context.now)).await {
            tracing::error!(%error, "old tombstones were not forgotten");
        }
    }
}

/// Serves until `stop` resolves; answers under way are finished first. A centre whose writer has died can answer
/// nothing: it ends, so that whoever watches over it starts it anew.
///
/// # Errors
/// When the listener fails, or the writer's thread died.
pub async fn serve(
    listener: TcpListener,
    centre: Centre,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let address: SocketAddr = listener.local_addr()?;
    tracing::info!(%address, "the centre listens");
    let mut writer = centre.writer.feed_hi();
    let watched = writer.clone();
    let ends = async move {
        tokio::select! {
            () = stop => {}
            // Every commit is seen here; an error comes once nobody can commit any more.
            () = async { while writer.changed().await.is_ok() {} } => {}
        }
    };
    let daily = tokio::spawn(prune(centre.clone()));
    let served = axum::serve(listener, router(centre)).with_graceful_shutdown(ends).await;
    daily.abort();
    served?;
    if watched.has_changed().is_err() {
        return Err(std::io::Error::other("the writer's thread died: see the log"));
    }
    Ok(())
}
