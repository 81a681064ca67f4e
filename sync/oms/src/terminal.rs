//! Who may call: terminals and integrators are enrolled, and their tokens revoked.

use aisle_core::{
    code::sscc::Sscc,
    id::Code,
    task::{rows::Rows, state::Terminal},
    wire::v1::Enrolment,
};

use crate::{
    context::Context,
    store::{
        Result, Tx,
        record::{Scope, TerminalRecord},
    },
    sync::token_hash,
};

/// The named value below which no range of parcel numbers begins any more: a restored centre does not know which it
/// handed out last.
pub const SSCC_FLOOR: &str = "sscc_floor";

/// Why nobody was enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotEnrolled {
    /// The company prefix has no serials left to hand out.
    NoSerials,
}

/// Enrols a caller under a token that nobody else has. A terminal gets the next range of parcel numbers; one
/// that was enrolled before keeps its range and its history, and its old token no longer counts.
///
/// # Errors
/// When the store fails.
pub fn enrol(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    code: &Code<Terminal>,
    scope: Scope,
    token: &str,
    centre: &str,
) -> Result<std::result::Result<Enrolment, NotEnrolled>> {
    let sscc = &context.settings.sscc;
    let hash = token_hash(token);
    let record = match tx.terminal_state(code)? {
        Some(known) => TerminalRecord { token_hash: hash, scope, revoked: false, ..known },
        None => {
            let terminals = tx.terminals()?;
            let floor = tx.meta(SSCC_FLOOR)?.and_then(|floor| floor.parse().ok()).unwrap_or(0);
            let first = terminals.iter().map(|other| other.sscc_last).max().unwrap_or(0).max(floor) + 1;
            let range = if scope == Scope::Terminal { sscc.range } else { 1 };
            let last = first + range - 1;
            if Sscc::capacity(&sscc.company_prefix).is_none_or(|capacity| last >= capacity) {
                return Ok(Err(NotEnrolled::NoSerials));
            }
            TerminalRecord {
                code: code.clone(),
                scope,
                token_hash: hash,
                sscc_first: first,
                sscc_last: last,
                incarnation: None,
                applied_hi: 0,
                link: None,
                revoked: false,
            }
        }
    };
    tx.put_terminal(&record)?;
    if scope == Scope::Terminal && tx.fetch::<Terminal>(code)?.is_none() {
        let heard = context.now;
        tx.keep(Terminal { code: code.clone(), operator: None, heard, pending: 0, battery: None })?;
    }
    Ok(Ok(Enrolment {
        terminal: code.clone(),
        token: token.to_owned(),
        centre: centre.to_owned(),
        sscc_prefix: sscc.company_prefix.clone(),
        sscc_extension: sscc.extension,
        sscc_first: record.sscc_first,
        sscc_last: record.sscc_last,
    }))
}

/// Makes a caller's token count no longer. `false` when nobody was enrolled under the code.
///
/// # Errors
/// When the store fails.
pub fn revoke(tx: &mut Tx<'_>, code: &Code<Terminal>) -> Result<bool> {
    let Some(mut record) = tx.terminal_state(code)? else { return Ok(false) };
    record.revoked = true;
    tx.put_terminal(&record)?;
    Ok(true)
}
