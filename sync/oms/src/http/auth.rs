//! Who calls: a bearer token, looked up by its hash, without a write.

use axum::http::{HeaderMap, StatusCode, header};

use super::{Centre, problem::Problem};
use crate::store::record::{Scope, TerminalRecord};

/// The caller whose token this is, when it may do what `scope` says.
///
/// # Errors
/// 401 without a known token, 403 when it is revoked or of another scope.
pub async fn caller(centre: &Centre, headers: &HeaderMap, scope: Scope) -> Result<TerminalRecord, Problem> {
    let record = known(centre, headers, scope).await?;
    if record.revoked {
        return Err(Problem::new(StatusCode::FORBIDDEN, "revoked", "this token was revoked"));
    }
    Ok(record)
}

/// The caller whose token this is, revoked or not: what a revoked terminal did still arrives, and is held.
///
/// # Errors
/// 401 without a known token, 403 when it is of another scope.
pub async fn known(centre: &Centre, headers: &HeaderMap, scope: Scope) -> Result<TerminalRecord, Problem> {
    let unknown = || {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "unknown-token",
            "the bearer token is not known here: enrol this caller with `aisle-oms enrol`",
        )
    };
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(unknown)?;
    let hash = crate::sync::token_hash(token);
    let record = centre.writer.run(move |tx| tx.terminal_by_token_hash(&hash)).await?.ok_or_else(unknown)?;
    if record.scope != scope {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "wrong-scope",
            format!("this token is for a {}, not for a {}", record.scope.word(), scope.word()),
        ));
    }
    Ok(record)
}
