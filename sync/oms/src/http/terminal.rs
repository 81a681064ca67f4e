//! The terminals' calls.

use std::time::Duration;

use aisle_core::{
    task::rows::Key,
    wire::{
        chain::Incarnation,
        v1::{Batch, LONG_POLL_S},
    },
};
use axum::{
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{Centre, auth::caller, body, problem::Problem};
use crate::{
    store::record::Scope,
    sync::{
        feed::{self, Feed},
        receive,
    },
};

/// The centre is up and its store answers.
///
/// # Errors
/// When the store does not answer.
pub async fn health(State(centre): State<Centre>) -> Result<Response, Problem> {
    let hi = centre.writer.run(|tx| tx.feed_hi()).await?;
    Ok(axum::Json(serde_json::json!({ "status": "up", "feed_hi": hi })).into_response())
}

/// Takes a batch of operations.
///
/// # Errors
/// For a caller, body or batch that is none.
pub async fn ops(
    State(centre): State<Centre>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let terminal = caller(&centre, &headers, Scope::Terminal).await?;
    let batch: Batch = body::read(&headers, &bytes)?;
    receive::check(&batch, &terminal.code)
        .map_err(|error| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-batch", error.to_string()))?;
    let ack = centre.run(move |tx, context| receive::receive(tx, context, &batch)).await?;
    Ok(body::answer(&headers, &ack))
}

/// The query of a feed call.
#[derive(Debug, Deserialize)]
pub struct FeedQuery {
    epoch: Incarnation,
    cursor: u64,
    #[serde(default)]
    wait_s: u64,
}

/// Tells rows that changed; holds the call while there is nothing to tell.
///
/// # Errors
/// For a caller that is none; 410 when all rows must be fetched.
pub async fn feed(
    State(centre): State<Centre>,
    headers: HeaderMap,
    Query(query): Query<FeedQuery>,
) -> Result<Response, Problem> {
    let terminal = caller(&centre, &headers, Scope::Terminal).await?.code;
    let wait = Duration::from_secs(query.wait_s.min(LONG_POLL_S));
    let mut committed = centre.writer.feed_hi();
    let held = tokio::time::timeout(wait, committed.wait_for(|hi| *hi > query.cursor));
    if query.wait_s > 0 {
        // Either way the rows are read next: a change, or the end of the wait.
        drop(held.await);
    }
    let FeedQuery { epoch, cursor, .. } = query;
    match centre.writer.run(move |tx| feed::feed(tx, &terminal, epoch, cursor)).await? {
        Feed::Page(page) => Ok(body::answer(&headers, &page)),
        Feed::SnapshotRequired => Err(Problem::new(
            StatusCode::GONE,
            "snapshot-required",
            "the feed began anew: fetch a snapshot, then follow the feed from it",
        )),
    }
}

/// Tells all rows, a page at a time: the header `aisle-after` names the key to go on from.
///
/// # Errors
/// For a caller that is none, or a key that is none.
pub async fn snapshot(State(centre): State<Centre>, headers: HeaderMap) -> Result<Response, Problem> {
    caller(&centre, &headers, Scope::Terminal).await?;
    let after: Option<Key> = headers
        .get("aisle-after")
        .map(|value| value.to_str().map_err(|e| e.to_string())?.parse().map_err(|e| format!("{e}")))
        .transpose()
        .map_err(|why: String| Problem::new(StatusCode::BAD_REQUEST, "bad-key", why))?;
    let page = centre.writer.run(move |tx| feed::snapshot(tx, after.as_ref())).await?;
    Ok(body::answer(&headers, &page))
}
