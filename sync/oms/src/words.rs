//! The words of the command line, in one table. The domain answers with values; only here they become text.

use std::{net::SocketAddr, path::Path};

use aisle_core::{
    id::Code,
    item::{Item, Lot},
    quantity::Quantity,
    task::state::{Operator, Role, Terminal, Tote},
    wire::v1::{FactVerdict, Verdict},
};

use crate::{
    demo::DemoSite,
    order::{
        cancel::Cancelled,
        intake::{Incoming, Taken},
        parked::Parked,
    },
    sheet::{Problem, Wrong},
    site::{Imported, people::Pin},
    stock::{
        explain::{Because, Explained},
        verify::Report,
    },
    store::{
        record::{Bucket, Fate, HeldRecord, LevelRecord, LineRecord, OrderRecord, Scope},
        sqlite::{restore::Rebuilt, ship::Mark},
    },
    sync::quarantine::Decided,
    work::{lost::Marked, release::Released},
};

/// What is wrong with a row, and what to do.
#[must_use]
pub fn problem(problem: &Problem) -> String {
    let what = match &problem.what {
        Wrong::Fields(has, wants) => {
            format!("{has} fields instead of {wants}: the row is cut, or a comma needs quotes")
        }
        Wrong::Missing(column) => format!("no {column}"),
        Wrong::Unreadable(column, text) => format!("{column} {text:?} cannot be read"),
        Wrong::OutOfRange(column, text) => format!("{column} {text} is out of range"),
        Wrong::Unknown(column, text) => format!("{column} {text:?} is not known: import it first"),
        Wrong::Taken(column, text) => format!("{column} {text:?} already belongs to something else"),
        Wrong::InUse(text) => format!("{text}: finish that first"),
        Wrong::Changed => "known with other content: nothing was changed".to_owned(),
    };
    if problem.about.is_empty() {
        format!("row {}: {what}", problem.row)
    } else {
        format!("row {} ({}): {what}", problem.row, problem.about)
    }
}

/// Why an order waits, and what ends it.
#[must_use]
pub fn parked(reason: &Parked) -> String {
    match reason {
        Parked::UnknownItems(items) => {
            format!("unknown items {}: import them and it goes on by itself", items.join(", "))
        }
        Parked::UnreadableRow(what) => format!("{what}: mend the file and import it again"),
        Parked::ReturnWithoutOrder => "a return that names no order: settle it with the customer".to_owned(),
        Parked::NoSite(why) => format!("no site may serve it ({why}): look at [routing] and at stock"),
        Parked::Other(text) => text.clone(),
    }
}

/// What importing a file of orders came to.
#[derive(Debug, Default)]
pub struct OrdersTaken {
    /// Rows read.
    pub rows: usize,
    /// Orders that are new.
    pub new: usize,
    /// Orders known with the same content.
    pub same: usize,
    /// Charges on new orders.
    pub charges: usize,
    /// Orders that wait, with the reason.
    pub parked: Vec<(String, Parked)>,
    /// Orders known with other content.
    pub changed: Vec<String>,
    /// Rows with something wrong.
    pub problems: Vec<Problem>,
}

impl OrdersTaken {
    /// Counts one order.
    pub fn add(&mut self, order: &Incoming, taken: Taken) {
        match taken {
            Taken::New => self.new += 1,
            Taken::Same => self.same += 1,
            Taken::Changed => self.changed.push(order.reference.clone()),
            Taken::Parked(why) => self.parked.push((order.reference.clone(), why)),
        }
        self.charges += order.charges.len();
    }
}

/// The report of an import of orders.
#[must_use]
pub fn orders_taken(taken: &OrdersTaken, dry_run: bool) -> String {
    let total = taken.new + taken.same + taken.changed.len() + taken.parked.len();
    let mut told = format!(
        "{}{} rows, {total} orders: {} promised, {} known already, {} parked, {} known with other content; {} \
         charges kept apart\n",
        if dry_run { "dry run, nothing was changed: " } else { "" },
        taken.rows,
        taken.new,
        taken.same,
        taken.parked.len(),
        taken.changed.len(),
        taken.charges,
    );
    for wrong in &taken.problems {
        told += &format!("  {}\n", problem(wrong));
    }
    for reference in &taken.changed {
        told += &format!("  {reference}: known with other content: nothing was changed\n");
    }
    for (reference, why) in &taken.parked {
        told += &format!("  {reference} parked: {}\n", parked(why));
    }
    told
}

/// The report of an import of a sheet.
#[must_use]
pub fn imported(done: &Imported, dry_run: bool) -> String {
    let mut told = format!(
        "{}{} rows, {} changed something, {} left out\n",
        if dry_run { "dry run, nothing was changed: " } else { "" },
        done.rows,
        done.changed,
        done.problems.len(),
    );
    for wrong in &done.problems {
        told += &format!("  {}\n", problem(wrong));
    }
    told
}

/// What a release came to.
#[must_use]
pub fn released(done: &Released) -> String {
    format!(
        "{} pick lists with {} stops for {} orders; {} orders wait because enough is on the floor",
        done.lists, done.stops, done.orders, done.waiting
    )
}

/// What became of a cancellation; an error when nothing was changed and somebody has to act.
///
/// # Errors
/// The sentence that says why, and what to do.
pub fn cancelled(reference: &str, done: &Cancelled) -> Result<String, String> {
    match done {
        Cancelled::Whole => Ok(format!("{reference} is cancelled: nothing of it ships")),
        Cancelled::Rest => Ok(format!("{reference}: what was not with the carrier yet is cancelled")),
        Cancelled::Over => Ok(format!("{reference} was over before: nothing was changed")),
        Cancelled::TooLate(orders) => Err(format!(
            "{} is at packing: nothing was changed. Hold it at the lead's terminal, or take it back as a return",
            orders.join(", ")
        )),
        Cancelled::Unknown => {
            Err(format!("{reference} is not known in this channel: see `aisle-oms orders`"))
        }
    }
}

/// Where the centre listens; the address stands last, for scripts.
#[must_use]
pub fn listens(address: &SocketAddr) -> String {
    format!("the centre listens on http://{address}")
}

/// What a proof came to.
#[must_use]
pub fn verified(report: &Report) -> String {
    match report.violations.len() {
        0 => format!("the books agree: {} records, I1 to I5 hold", report.records),
        1 => format!("1 contradiction in {} records", report.records),
        more => format!("{more} contradictions in {} records", report.records),
    }
}

/// A new operator, with her PIN for the only time.
#[must_use]
pub fn operator_added(name: &str, badge: &Code<Operator>, pin: &Pin) -> String {
    format!("{name}  badge {badge}  PIN {}  (the PIN is not shown again)", pin.as_str())
}

/// One operator.
#[must_use]
pub fn operator(operator: &Operator) -> String {
    let role = match operator.role {
        Role::Picker => "picker",
        Role::Packer => "packer",
        Role::Lead => "lead",
    };
    let state = if operator.active { "" } else { "  badge not valid" };
    format!("{:<16} {role:<7} {}{state}", operator.badge, operator.name)
}

/// One order.
#[must_use]
pub fn order(order: &OrderRecord, lines: &[LineRecord]) -> String {
    let ordered: Quantity = lines.iter().map(|line| line.ordered).sum();
    let mut told = format!("{:<12} {:<9} {:>6} pieces", order.reference, order.state.word(), ordered);
    for bucket in Bucket::ALL {
        let part: Quantity = lines.iter().map(|line| line.part(bucket)).sum();
        if !part.is_zero() {
            told += &format!("  {} {part}", bucket.word());
        }
    }
    if let Some(why) = &order.parked {
        let why = why.parse().unwrap_or_else(|_| Parked::Other(why.clone()));
        told += &format!("  parked: {}", parked(&why));
    }
    told
}

/// One stock level.
#[must_use]
pub fn level(level: &LevelRecord) -> String {
    let claimed =
        if level.assigned.is_zero() { String::new() } else { format!("  claimed {}", level.assigned) };
    let lot = level.lot.as_ref().map_or_else(String::new, |lot| format!("  lot {lot}"));
    format!("{:<14} {:<28} {:>8}{lot}{claimed}", level.item, level.place.to_string(), level.on_hand)
}

/// Where each piece of an item is and why it can be sold or not.
#[must_use]
pub fn explained(sku: &Code<Item>, told: &Explained, moves: bool) -> String {
    let name = told.item.as_ref().map_or_else(
        || "an item that nobody imported".to_owned(),
        |item| format!("{} {}", item.telling, item.name).trim().to_owned(),
    );
    let counter = &told.sellable;
    let mut text = format!(
        "{sku}  {name}\n{} can be sold = {} on hand - {} promised - {} reserved - {} kept back\n",
        counter.free(),
        counter.on_hand,
        counter.allocated,
        counter.reserved,
        counter.safety,
    );
    for here in &told.places {
        let why = because(here.because);
        let lot = here.level.lot.as_ref().map_or_else(String::new, |lot| lot_words(told, lot));
        text += &format!("  {:>7}  {:<28} {lot}{why}\n", here.level.on_hand, here.level.place.to_string());
        for (_, quantity, order) in &here.claimed {
            text += &format!("           {quantity} to be picked for order {order}\n");
        }
    }
    for (order, allocation) in &told.promised {
        text += &format!("  {:>7}  promised to order {order}, line {}\n", allocation.open, allocation.line);
    }
    for reservation in &told.reserved {
        text += &format!("  {:>7}  reserved as {}\n", reservation.quantity, reservation.name);
    }
    for (order, quantity) in &told.waiting {
        text += &format!("  {quantity:>7}  order {order} waits for\n");
    }
    if moves {
        for posted in &told.moves {
            let lot = posted.lot.as_ref().map_or_else(String::new, |lot| lot_words(told, lot));
            text += &format!(
                "  #{:<6} {:>6}  {} -> {}  {lot}{} by {}\n",
                posted.number, posted.quantity, posted.from, posted.to, posted.cause, posted.actor
            );
        }
    } else {
        text += &format!("  {} moves; --moves lists them\n", told.moves.len());
    }
    text
}

/// A lot and when it expires.
fn lot_words(told: &Explained, lot: &Code<Lot>) -> String {
    let expires = told.item.as_ref().and_then(|item| item.tracked.expiry(lot));
    expires.map_or_else(|| format!("lot {lot}, "), |day| format!("lot {lot} until {day}, "))
}

fn because(why: Because) -> String {
    match why {
        Because::Sells => "can be sold".to_owned(),
        Because::Usage(usage) => format!("not for sale: the location is for {}", usage.word()),
        Because::UnknownLocation => "not for sale: nobody imported the location".to_owned(),
        Because::Picked => "picked for an order".to_owned(),
        Because::Outside => "outside the building".to_owned(),
    }
}

/// What a demo site came to.
#[must_use]
pub fn demo_site(site: &DemoSite, out: &Path) -> String {
    format!(
        "{} items at {} locations, {} of them short, {} operators: {}",
        site.items.len(),
        site.locations.len(),
        site.short.len(),
        site.people.len(),
        out.display()
    )
}

/// One thing in quarantine, on a line.
#[must_use]
pub fn held(held: &HeldRecord) -> String {
    let place = held.seq.map_or_else(|| "?".to_owned(), |seq| seq.to_string());
    let fate = match held.fate {
        Fate::Held => String::new(),
        fate => format!("  {} by {}", fate.word(), held.settled_by.as_deref().unwrap_or("?")),
    };
    let what = what_is_held(held).unwrap_or_else(|| "unreadable".to_owned());
    format!(
        "{:>6}  {:<10} {place:>8}  {:<8} {what:<16} {}{fate}",
        held.number,
        held.terminal,
        held.cause.word(),
        held.why
    )
}

/// The kind of what is held, where its bytes are an operation.
fn what_is_held(held: &HeldRecord) -> Option<String> {
    let op: serde_json::Value = serde_json::from_slice(&held.bytes).ok()?;
    op.get("kind")?.as_str().map(str::to_owned)
}

/// One thing in quarantine, for programs.
#[must_use]
pub fn held_json(held: &HeldRecord) -> serde_json::Value {
    serde_json::json!({
        "number": held.number,
        "terminal": held.terminal,
        "incarnation": held.incarnation,
        "seq": held.seq,
        "op": held.op,
        "cause": held.cause.word(),
        "why": held.why,
        "received_ms": held.received,
        "fate": held.fate.word(),
        "by": held.settled_by,
        "bytes": String::from_utf8_lossy(&held.bytes),
    })
}

/// One thing in quarantine, whole.
#[must_use]
pub fn held_whole(held: &HeldRecord) -> String {
    let or_unknown = |text: Option<String>| text.unwrap_or_else(|| "not known".to_owned());
    let mut told = format!(
        "number       {}\nterminal     {}\nincarnation  {}\nplace        {}\noperation    {}\nheld because {}: {}\n",
        held.number,
        held.terminal,
        or_unknown(held.incarnation.map(|life| life.to_string())),
        or_unknown(held.seq.map(|seq| seq.to_string())),
        or_unknown(held.op.map(|op| op.to_string())),
        held.cause.word(),
        held.why,
    );
    if let (Some(by), Some(at)) = (&held.settled_by, held.settled_at) {
        told += &format!("{:<12} by {by} at {} ms\n", held.fate.word(), at.0);
    }
    if let Some(verdict) = &held.verdict {
        told += &format!("verdict      {verdict}\n");
    }
    match std::str::from_utf8(&held.bytes) {
        Ok(text) => told += &format!("as it came   {text}\n"),
        Err(_) => {
            let digits: String = held.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            told += &format!("as it came   {digits} (hexadecimal)\n");
        }
    }
    told
}

/// What became of something in quarantine.
#[must_use]
pub fn decided(number: u64, decided: &Decided) -> String {
    match decided {
        Decided::Applied(_) => format!("{number}: applied"),
        Decided::Known => format!("{number}: it had arrived otherwise; its effects stand once"),
        Decided::Discarded => format!("{number}: discarded; its bytes stay"),
        Decided::Stays(why) => format!("{number}: stays held: {why}"),
        Decided::Settled(fate) => format!("{number}: {} before", fate.word()),
        Decided::Unknown => format!("{number}: nothing in quarantine has this number"),
    }
}

/// What became of a terminal that was marked lost.
#[must_use]
pub fn lost(terminal: &Code<Terminal>, marked: &Marked) -> String {
    let mut told = format!("{terminal}: lost; {} of its lists are free", marked.lists);
    for tote in &marked.totes {
        told += &format!("\n  count tote {tote}: aisle-oms tote {tote} ITEM=COUNT ...");
    }
    told
}

/// What the count of a tote came to.
#[must_use]
pub fn tote_counted(tote: &Code<Tote>, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Fact(FactVerdict::Accepted) => format!("{tote}: counted"),
        Verdict::Fact(FactVerdict::AcceptedWithException { exceptions }) => {
            format!("{tote}: counted; {} things for the lead to look at", exceptions.len())
        }
        other => format!("{tote}: not counted: {}", other.why_parked().map_or("", String::as_str)),
    }
}

/// What became of a lot.
#[must_use]
pub fn lot(item: &Code<Item>, lot: &str, held: bool, orders: usize) -> String {
    let state = if held { "on hold" } else { "let go" };
    format!("lot {lot} of {item} is {state}, and with it {orders} orders")
}

/// A backup that was made.
#[must_use]
pub fn backed_up(generation: &Path, marks: &[Mark]) -> String {
    format!("{}: the whole database, with {} terminals", generation.display(), marks.len())
}

/// What a backup holds.
#[must_use]
pub fn rebuilt(done: &Rebuilt) -> String {
    let mut told = format!("{}: {} rounds of the log taken in", done.from.display(), done.rounds);
    if done.torn_bytes > 0 {
        told += &format!(", {} bytes at the end are no whole commit", done.torn_bytes);
    }
    for terminal in done.terminals.iter().filter(|terminal| terminal.scope == Scope::Terminal) {
        told += &format!("\n  {:<10} applied up to {}", terminal.code, terminal.applied_hi);
    }
    told
}

/// A database that was put in place.
#[must_use]
pub fn restored(database: &Path, aside: Option<&Path>, done: &Rebuilt) -> String {
    let mut told = format!(
        "{} is in place as {}: terminals send again what it does not have",
        database.display(),
        done.centre
    );
    if let Some(aside) = aside {
        told += &format!("\nwhat was there is now {}", aside.display());
    }
    told
}
