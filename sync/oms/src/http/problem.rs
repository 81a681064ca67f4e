//! Every refusal over HTTP, as RFC 9457 `application/problem+json` with a stable type.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::writer::WriteError;

/// A refusal with its stable type.
#[derive(Debug, Clone, Serialize)]
pub struct Problem {
    /// Stable: clients may switch on it.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What is wrong, in one sentence that says what to do.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Seconds to wait before another try, where that helps.
    #[serde(skip)]
    pub retry_after_s: Option<u64>,
}

impl Problem {
    /// Nothing is under this path.
    pub async fn unknown_path() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "unknown-path",
            "nothing is here: look at docs/centre.md for the paths",
        )
    }

    /// The path is called by another method.
    pub async fn wrong_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", "this path is called by another method")
    }

    /// A problem of this type.
    pub fn new(status: StatusCode, kind: &'static str, title: impl Into<String>) -> Self {
        Self { kind, title: title.into(), status: status.as_u16(), retry_after_s: None }
    }
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Busy | WriteError::Stopped => Self {
                retry_after_s: Some(1),
                ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", error.to_string())
            },
            WriteError::Store(_) | WriteError::Commit(_) => {
                tracing::error!(%error, "a command failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "store-failed", error.to_string())
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response =
            (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
