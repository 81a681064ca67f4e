//! Bodies: JSON, plain or zstd, never larger than the protocol's limit, before or after unpacking.

use std::{io::Read, pin::Pin, time::Duration};

use aisle_core::wire::v1::{BODY_MAX_BYTES, VERSION};
use axum::{
    body::{Body, HttpBody},
    extract::{Query, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::problem::Problem;

/// A body that stands still for so long is given up, in seconds.
const STALL_S: u64 = 10;
/// How much of a body that is too large is still taken off the line, so that its sender hears why, in bytes.
const DRAIN_MAX_BYTES: usize = 8 * BODY_MAX_BYTES;
/// The largest window a zstd body may ask for, as a power of two: 8 MiB of memory, what level 19 uses.
const WINDOW_LOG_MAX: u32 = 23;

/// Takes a body off the line and reads it as the JSON of a `T`.
///
/// # Errors
/// 413 when it is too large, 408 when it stands still, 415 for another kind of body, 422 for another protocol,
/// 400 when it is not such JSON or does not unpack.
pub async fn read<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Problem> {
    let packed = is_packed(headers)?;
    parse(&take(body).await?, packed)
}

/// Whether the body is zstd.
fn is_packed(headers: &HeaderMap) -> Result<bool, Problem> {
    let unknown = |kind, title: &str| Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, kind, title));
    if let Some(kind) = headers.get(header::CONTENT_TYPE)
        && !kind.to_str().is_ok_and(|kind| kind.trim().to_ascii_lowercase().starts_with("application/json"))
    {
        return unknown("unknown-type", "send JSON, as content-type application/json");
    }
    match headers.get(header::CONTENT_ENCODING).map(|encoding| encoding.as_bytes()) {
        None | Some(b"identity") => Ok(false),
        Some(b"zstd") => Ok(true),
        Some(_) => unknown("unknown-encoding", "send the body plain, or with content-encoding zstd"),
    }
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too-large",
        format!("a body has at most {BODY_MAX_BYTES} bytes, packed and unpacked: send smaller batches"),
    )
}

/// Takes a body off the line, up to the limit.
///
/// # Errors
/// 413 when it is too large, 408 when it stands still, 400 when it ends early.
pub async fn take(mut body: Body) -> Result<Vec<u8>, Problem> {
    let (mut bytes, mut seen) = (Vec::new(), 0);
    loop {
        let frame = std::future::poll_fn(|task| Pin::new(&mut body).poll_frame(task));
        let frame = tokio::time::timeout(Duration::from_secs(STALL_S), frame).await.map_err(|_| {
            let title = format!("the body stood still for {STALL_S} seconds: send it again");
            Problem::new(StatusCode::REQUEST_TIMEOUT, "stalled-body", title)
        })?;
        let data = match frame {
            None => break,
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
            Some(Err(error)) => return Err(garbled(&error)),
        };
        seen += data.len();
        if seen <= BODY_MAX_BYTES {
            bytes.extend_from_slice(&data);
        } else if seen > DRAIN_MAX_BYTES {
            break;
        }
    }
    if seen > BODY_MAX_BYTES { Err(too_large()) } else { Ok(bytes) }
}

fn garbled(error: &dyn std::fmt::Display) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "garbled-body", format!("the body cannot be read: {error}"))
}

/// The refusal of a protocol that this program does not speak.
#[must_use]
pub fn unknown_protocol(proto: u64) -> Problem {
    let title = format!(
        "protocol {proto} is not spoken here; this centre speaks {VERSION}: update the older program"
    );
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown-protocol", title)
}

/// Reads bytes as the JSON of a `T`. What cannot be read and names another protocol is told so.
///
/// # Errors
/// As [`read`].
pub fn parse<T: DeserializeOwned>(body: &[u8], packed: bool) -> Result<T, Problem> {
    #[derive(Deserialize)]
    struct Named {
        proto: u64,
    }
    let unpacked;
    let plain = if packed {
        unpacked = unpack(body)?;
        &unpacked
    } else {
        body
    };
    serde_json::from_slice(plain).map_err(|error| match serde_json::from_slice(plain) {
        Ok(Named { proto }) if proto != u64::from(VERSION) => unknown_protocol(proto),
        _ => garbled(&error),
    })
}

fn unpack(body: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut unpacker = zstd::Decoder::new(body).map_err(|e| garbled(&e))?;
    unpacker.window_log_max(WINDOW_LOG_MAX).map_err(|e| garbled(&e))?;
    let mut plain = Vec::new();
    unpacker.take(BODY_MAX_BYTES as u64 + 1).read_to_end(&mut plain).map_err(|e| garbled(&e))?;
    if plain.len() > BODY_MAX_BYTES { Err(too_large()) } else { Ok(plain) }
}

/// The query of a call, or why it is none.
///
/// # Errors
/// 400 when it cannot be read.
pub fn query<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, Problem> {
    query.map(|Query(query)| query).map_err(|error| {
        Problem::new(StatusCode::BAD_REQUEST, "bad-query", format!("the query cannot be read: {error}"))
    })
}

/// Answers with JSON, packed when the caller takes zstd and it pays.
pub fn answer<T: Serialize>(headers: &HeaderMap, value: &T) -> Response {
    let json = match serde_json::to_vec(value) {
        Ok(json) => json,
        Err(error) => {
            return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "store-failed", error.to_string())
                .into_response();
        }
    };
    let takes = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.split(',').any(|e| e.trim() == "zstd"));
    let plain = [(header::CONTENT_TYPE, "application/json")];
    if takes
        && json.len() > 512
        && let Ok(packed) = zstd::encode_all(json.as_slice(), 3)
    {
        return (plain, [(header::CONTENT_ENCODING, "zstd")], packed).into_response();
    }
    (plain, json).into_response()
}
