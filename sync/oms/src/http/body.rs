//! Bodies: JSON, plain or zstd, never larger than the protocol's limit, before or after unpacking.

use std::io::Read;

use aisle_core::wire::v1::BODY_MAX_BYTES;
use axum::{
    body::Bytes,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};

use super::problem::Problem;

/// Reads a body as the JSON of a `T`.
///
/// # Errors
/// 413 when it is too large, 400 when it is not such JSON or does not unpack.
pub fn read<T: DeserializeOwned>(headers: &HeaderMap, body: &Bytes) -> Result<T, Problem> {
    let packed = headers.get(header::CONTENT_ENCODING).is_some_and(|v| v.as_bytes() == b"zstd");
    parse(body, packed)
}

/// [`read`], over bytes alone.
///
/// # Errors
/// As [`read`].
pub fn parse<T: DeserializeOwned>(body: &[u8], packed: bool) -> Result<T, Problem> {
    let garbled = |error: &dyn std::fmt::Display| {
        Problem::new(StatusCode::BAD_REQUEST, "garbled-body", format!("the body cannot be read: {error}"))
    };
    if !packed {
        return serde_json::from_slice(body).map_err(|e| garbled(&e));
    }
    let unpacker = zstd::Decoder::new(body).map_err(|e| garbled(&e))?;
    let mut plain = Vec::new();
    let limit = BODY_MAX_BYTES as u64;
    unpacker.take(limit + 1).read_to_end(&mut plain).map_err(|e| garbled(&e))?;
    if plain.len() as u64 > limit {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            format!("a body may unpack to at most {limit} bytes: send smaller batches"),
        ));
    }
    serde_json::from_slice(&plain).map_err(|e| garbled(&e))
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
