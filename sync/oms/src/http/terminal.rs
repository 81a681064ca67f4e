//! The terminals' calls.

use std::time::Duration;

use aisle_core::{
    task::rows::Key,
    wire::{
        chain::Incarnation,
        v1::{Ack, Batch, LONG_POLL_S, Salvage, Stop},
    },
};
use axum::{
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    Centre,
    admit::Answer,
    auth::{caller, known},
    body,
    problem::Problem,
};
use crate::{
    store::record::Scope,
    sync::{
        feed::{self, Feed},
        quarantine,
        receive::{self, BadBatch},
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

/// Takes a batch of operations; of a revoked terminal too, whose operations are held in quarantine.
///
/// # Errors
/// For a caller, body or batch that is none.
pub async fn ops(State(centre): State<Centre>, headers: HeaderMap, sent: Body) -> Result<Response, Problem> {
    let terminal = known(&centre, &headers, Scope::Terminal).await?;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let _pass = match centre.admission.ask((centre.clock)(), length) {
        Answer::In(pass) => pass,
        Answer::Later { after_ms } => return later(&centre, &headers, sent, after_ms).await,
    };
    let batch: Batch = body::read(&headers, sent).await?;
    receive::check(&batch, &terminal.code).map_err(bad_batch)?;
    let incarnation = batch.incarnation;
    let mut ack = centre.run(move |tx, context| receive::receive(tx, context, &batch)).await?;
    ack.safe_hi = centre.safe.hi(&terminal.code, Some(incarnation)).min(ack.applied_hi);
    centre.admission.done((centre.clock)());
    Ok(body::answer(&headers, &ack))
}

/// Sends a batch away unread, with its turn.
async fn later(centre: &Centre, headers: &HeaderMap, sent: Body, after_ms: u64) -> Result<Response, Problem> {
    body::take(sent).await?;
    let ack = Ack {
        centre: centre.writer.run(|tx| tx.centre_incarnation()).await?,
        // Nobody looked which life of the journal it is of: 0 moves nothing.
        applied_hi: 0,
        safe_hi: 0,
        verdicts: Vec::new(),
        stop: Some(Stop::Retry { after_ms }),
    };
    Ok(body::answer(headers, &ack))
}

/// Takes what a terminal found in a damaged journal into quarantine.
///
/// # Errors
/// For a caller or body that is none.
pub async fn salvage(
    State(centre): State<Centre>,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Problem> {
    let terminal = known(&centre, &headers, Scope::Terminal).await?;
    let salvage: Salvage = body::read(&headers, sent).await?;
    let pieces = quarantine::check(&salvage, &terminal.code).map_err(bad_batch)?;
    let done = centre.run(move |tx, context| quarantine::salvage(tx, context, &salvage, &pieces)).await?;
    Ok(body::answer(&headers, &done))
}

fn bad_batch(error: BadBatch) -> Problem {
    match error {
        BadBatch::Protocol(proto) => body::unknown_protocol(proto.into()),
        error => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-batch", error.to_string()),
    }
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
/// For a caller or query that is none; 410 when all rows must be fetched.
pub async fn feed(
    State(centre): State<Centre>,
    headers: HeaderMap,
    query: Result<Query<FeedQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let terminal = caller(&centre, &headers, Scope::Terminal).await?.code;
    let query = body::query(query)?;
    let wait = Duration::from_secs(query.wait_s.min(LONG_POLL_S));
    let mut committed = centre.writer.feed_hi();
    let held = tokio::time::timeout(wait, committed.wait_for(|hi| *hi > query.cursor));
    if query.wait_s > 0 {
        // Either way the rows are read next: a change, or the end of the wait.
        drop(held.await);
    }
    let FeedQuery { epoch, cursor, .. } = query;
    let who = terminal.clone();
    match centre.writer.run(move |tx| feed::feed(tx, &who, epoch, cursor)).await? {
        Feed::Page(mut page) => {
            page.my_safe_hi = centre.safe.hi(&terminal, page.my_incarnation);
            Ok(body::answer(&headers, &page))
        }
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
