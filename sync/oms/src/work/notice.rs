//! Exceptions about people and terminals: one per cause, open until somebody acknowledged it.

use aisle_core::{
    id::{Code, Id},
    quantity::Quantity,
    task::{
        rows::Rows,
        state::{Operator, Terminal},
        trouble::{Remedy, Trouble, TroubleKind},
    },
    time::Millis,
};

use crate::{
    stock::ledger::settled,
    store::{Result, Tx},
};

/// What the lead is told.
#[derive(Debug, Clone)]
pub struct Notice<'a> {
    /// Which exception: always the same for the same cause, see [`Trouble::about`].
    pub id: Id<Trouble>,
    /// What is wrong.
    pub kind: TroubleKind,
    /// The terminal it is about, or was seen at.
    pub terminal: &'a Code<Terminal>,
    /// Who was there.
    pub by: &'a Code<Operator>,
    /// When.
    pub at: Millis,
}

/// Opens the exception, or brings the open one up to date. `count` makes its quantity of the one that it had
/// while open. Answers whether it was opened now.
///
/// # Errors
/// When the store fails.
pub fn raise(tx: &mut Tx<'_>, notice: &Notice<'_>, count: impl FnOnce(Quantity) -> Quantity) -> Result<bool> {
    let open = tx.fetch::<Trouble>(&notice.id)?.filter(|trouble| trouble.settled.is_none());
    let fresh = open.is_none();
    let mut trouble = open.unwrap_or_else(|| {
        let mut blank = Trouble::blank(notice.id, notice.kind, notice.by, notice.at);
        blank.terminal = Some(notice.terminal.clone());
        if notice.kind == TroubleKind::Quarantined {
            blank.remedies.push(Remedy::Discard);
        }
        blank
    });
    trouble.quantity = count(trouble.quantity);
    tx.keep(trouble)?;
    Ok(fresh)
}

/// Tells the lead that the centre's database was restored from a backup: what terminals still have of it comes by
/// itself, what was only here since is gone.
///
/// # Errors
/// When the store fails.
pub fn restored(tx: &mut Tx<'_>, by: &Code<Operator>, at: Millis) -> Result<()> {
    let life = tx.centre_incarnation()?.to_string();
    let id = Trouble::about("aisle centre restored 1", &[&life]);
    tx.keep(Trouble::blank(id, TroubleKind::Restored, by, at))
}

/// Settles the exception when it is open: its cause is gone.
///
/// # Errors
/// When the store fails.
pub fn withdraw(tx: &mut Tx<'_>, id: Id<Trouble>, by: &Code<Operator>, at: Millis) -> Result<()> {
    if let Some(mut trouble) = tx.fetch::<Trouble>(&id)?.filter(|trouble| trouble.settled.is_none()) {
        trouble.settled = Some(settled(Remedy::Acknowledge, by, at));
        tx.keep(trouble)?;
    }
    Ok(())
}
