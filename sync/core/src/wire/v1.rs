//! Protocol version 1: JSON over HTTP, zstd-compressed bodies of at most 1 MiB.
//!
//! | call | body → answer |
//! |---|---|
//! | `POST /v1/terminal/ops` | [`Batch`] → [`Ack`] |
//! | `GET /v1/terminal/feed?epoch&cursor&wait_s` | → [`FeedPage`], or 410 with `snapshot_required` |
//! | `GET /v1/terminal/snapshot?after` | → [`SnapshotPage`] |
//! | `POST /v1/terminal/salvage` | [`Salvage`] → [`Salvaged`] |
//!
//! The bearer token names the terminal; a batch that names another is refused whole.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    chain::{Incarnation, Link},
    sum::RowSum,
};
use crate::{
    id::{Code, Id},
    task::{
        op::{Family, Op},
        rows::Key,
        state::{Operator, Terminal},
        trouble::Trouble,
    },
    time::Millis,
};

/// The version these types are of.
pub const VERSION: u16 = 1;
/// The most operations in a batch: at about 275 bytes each they stay well under the body limit.
pub const BATCH_MAX_OPS: usize = 500;
/// The most rows in a page of the feed or a snapshot.
pub const PAGE_MAX_ROWS: usize = 2_000;
/// The largest body either side accepts, in bytes, before and after decompression.
pub const BODY_MAX_BYTES: usize = 1 << 20;
/// How long the centre holds a feed call that has nothing to tell, in seconds.
pub const LONG_POLL_S: u64 = 25;

/// One journaled operation as it is sent: its body is byte for byte what was journaled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WireOp {
    /// Its place in the journal: 1, 2, 3 … within the incarnation.
    pub seq: u64,
    /// Its idempotency key.
    pub id: Id<Op>,
    /// Its family.
    pub family: Family,
    /// The word of its kind.
    pub kind: String,
    /// The version of its kind.
    pub v: u16,
    /// When, by the terminal's clock.
    pub at: Millis,
    /// Who was signed on.
    pub operator: Code<Operator>,
    /// The operation's JSON, exactly as journaled.
    pub body: Box<RawValue>,
}

impl PartialEq for WireOp {
    fn eq(&self, other: &Self) -> bool {
        (self.seq, self.id, self.family, self.v, self.at)
            == (other.seq, other.id, other.family, other.v, other.at)
            && self.kind == other.kind
            && self.operator == other.operator
            && self.body.get() == other.body.get()
    }
}

/// Consecutive operations of one incarnation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// [`VERSION`].
    pub proto: u16,
    /// The version of the terminal's program.
    pub app: String,
    /// Who sends it.
    pub terminal: Code<Terminal>,
    /// Which life of its journal.
    pub incarnation: Incarnation,
    /// The link before the first operation.
    pub before: Link,
    /// The operations, dense by `seq`.
    pub ops: Vec<WireOp>,
    /// How many operations the terminal still holds after these.
    pub pending: u64,
    /// The terminal's clock when it sent this.
    pub sent_at: Millis,
    /// Battery in percent, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery: Option<u8>,
    /// What is wrong with its disk, when something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk: Option<Disk>,
    /// Its rows were not the centre's, and it fetched them anew, since its last batch was answered.
    #[serde(default, skip_serializing_if = "is_false")]
    pub desynced: bool,
}

/// Why a terminal takes no new work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disk {
    /// No space is left but for what is under way.
    Full,
    /// Something that a newer program tells.
    #[serde(other)]
    Unknown,
}

/// What became of a fact. There is no way to say no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum FactVerdict {
    /// It took effect.
    Accepted,
    /// It took effect and contradicts something: somebody will look.
    AcceptedWithException {
        /// The exceptions it raised.
        exceptions: Vec<Id<Trouble>>,
    },
    /// Kept, not understood yet.
    Parked {
        /// Why, for support.
        why: String,
    },
}

impl FactVerdict {
    /// With one more exception, where there is one.
    #[must_use]
    pub fn with(self, exception: Option<Id<Trouble>>) -> Self {
        let Some(exception) = exception else { return self };
        match self {
            Self::Accepted => Self::AcceptedWithException { exceptions: vec![exception] },
            Self::AcceptedWithException { mut exceptions } => {
                exceptions.push(exception);
                Self::AcceptedWithException { exceptions }
            }
            parked @ Self::Parked { .. } => parked,
        }
    }
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum RequestVerdict {
    /// Done.
    Accepted,
    /// The world moved on: the list went to somebody else.
    Superseded {
        /// The list's epoch now.
        epoch: u32,
        /// Who holds it now.
        holder: Option<Code<Operator>>,
    },
    /// No.
    Refused {
        /// Why.
        reason: No,
    },
    /// Kept, not understood yet.
    Parked {
        /// Why, for support.
        why: String,
    },
}

/// Why the centre says no to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum No {
    /// Nothing is there to claim.
    NothingToDo,
    /// The operator may not ask this.
    NotAllowed,
    /// What it names is not known.
    Unknown,
    /// It is too late: packed, shipped, closed or settled.
    TooLate,
    /// Goods are on their way and not yet where they must be.
    NotReady,
    /// The remedy does not apply: no stock elsewhere, nothing to put back.
    NoWay,
}

/// The centre's answer to one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Verdict {
    /// To a fact.
    Fact(FactVerdict),
    /// To a request.
    Request(RequestVerdict),
    /// To a note: kept.
    Note(NoteVerdict),
}

impl Verdict {
    /// An operation of this family was kept and not applied.
    #[must_use]
    pub const fn parked(family: Family, why: String) -> Self {
        match family {
            Family::Fact => Self::Fact(FactVerdict::Parked { why }),
            Family::Request => Self::Request(RequestVerdict::Parked { why }),
            Family::Note => Self::Note(NoteVerdict::Parked { why }),
        }
    }

    /// Why the operation was kept and not applied, when it was not.
    #[must_use]
    pub const fn why_parked(&self) -> Option<&String> {
        match self {
            Self::Fact(FactVerdict::Parked { why })
            | Self::Request(RequestVerdict::Parked { why })
            | Self::Note(NoteVerdict::Parked { why }) => Some(why),
            Self::Fact(FactVerdict::Accepted | FactVerdict::AcceptedWithException { .. })
            | Self::Request(
                RequestVerdict::Accepted | RequestVerdict::Superseded { .. } | RequestVerdict::Refused { .. },
            )
            | Self::Note(NoteVerdict::Kept) => None,
        }
    }
}

/// What became of a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum NoteVerdict {
    /// Kept.
    Kept,
    /// Kept, not understood yet.
    Parked {
        /// Why, for support.
        why: String,
    },
}

/// A verdict and the operation it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The operation.
    pub seq: u64,
    /// The verdict.
    pub verdict: Verdict,
}

/// The centre's answer to a batch. A batch sent again gets the same verdicts again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// Which life of the centre's database answered; another one means it was restored.
    pub centre: Incarnation,
    /// Every operation up to this one is applied and on the centre's disk.
    pub applied_hi: u64,
    /// Every operation up to this one is also in a backup off the centre's disk; 0 when the centre has nothing to
    /// say about it. It may come lower than before, after the centre was started anew: what was safe stays safe
    /// as long as [`Ack::centre`] is the same.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub safe_hi: u64,
    /// Verdicts of the batch's operations, by `seq`.
    pub verdicts: Vec<Answer>,
    /// Why it took none, or not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
}

/// Why a batch was not taken whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stop", rename_all = "snake_case")]
pub enum Stop {
    /// Operations before it never arrived: send from here.
    Gap {
        /// The next operation the centre needs.
        expected: u64,
    },
    /// Another history is known under the same incarnation.
    Fork {
        /// The last operation the centre has.
        hi: u64,
        /// Its link.
        link: Link,
    },
    /// Not now.
    Retry {
        /// How long to wait.
        after_ms: u64,
    },
}

/// One row as fed: its latest state, or its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FeedRow {
    /// Which row.
    pub key: Key,
    /// The feed sequence of this state.
    pub seq: u64,
    /// Its JSON; none when the row is gone.
    pub body: Option<Box<RawValue>>,
}

/// Rows that changed since a cursor, oldest change first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FeedPage {
    /// Which life of the centre's database answered, as [`Ack::centre`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre: Option<Incarnation>,
    /// Which life of the feed: another one needs a snapshot.
    pub epoch: Incarnation,
    /// The cursor after this page.
    pub to: u64,
    /// Whether more pages follow. The terminal applies a run of pages at its end, at once.
    pub more: bool,
    /// The rows.
    pub rows: Vec<FeedRow>,
    /// How far the rows contain the terminal's own operations, by incarnation, read in the same
    /// transaction.
    pub my_applied_hi: u64,
    /// The incarnation that `my_applied_hi` counts in; none before its first batch.
    pub my_incarnation: Option<Incarnation>,
    /// The link of the operation at `my_applied_hi`: where the terminal's own differs, another copy of it sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub my_link: Option<Link>,
    /// How far the terminal's own operations are in a backup, as [`Ack::safe_hi`], of `my_incarnation`.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub my_safe_hi: u64,
    /// The last move of the ledger that the rows contain: what a count is held against.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub book: u64,
    /// The sum over all rows as they are after this page: on the last page of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<RowSum>,
}

/// A page of all rows, by key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SnapshotPage {
    /// Which life of the feed.
    pub epoch: Incarnation,
    /// The feed sequence when this page was read; the feed goes on from the first page's.
    pub as_of: u64,
    /// The rows.
    pub rows: Vec<FeedRow>,
    /// Where the next page begins; none at the end.
    pub next: Option<Key>,
}

/// The most pieces in one [`Salvage`].
pub const SALVAGE_MAX_PIECES: usize = 500;
/// The longest piece, in bytes before they are written as hexadecimal digits.
pub const PIECE_MAX_BYTES: usize = 64 * 1024;

/// What a terminal found in a damaged journal and cannot send as a batch: kept in quarantine, for a person.
/// The same pieces again are kept once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Salvage {
    /// [`VERSION`].
    pub proto: u16,
    /// The version of the terminal's program.
    pub app: String,
    /// Who sends it.
    pub terminal: Code<Terminal>,
    /// Which life of its journal, where that can be told.
    pub incarnation: Option<Incarnation>,
    /// What is wrong with the journal, for support.
    pub why: String,
    /// What was found, at most [`SALVAGE_MAX_PIECES`].
    pub pieces: Vec<Piece>,
}

/// One operation, or what is left of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Its place in the journal, where that can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Its idempotency key, where that can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id<Op>>,
    /// Its bytes as hexadecimal digits: the JSON of a [`WireOp`] where it is whole.
    pub bytes: String,
}

impl Piece {
    /// Bytes as a piece carries them; what lies beyond [`PIECE_MAX_BYTES`] is cut off.
    #[must_use]
    pub fn digits(bytes: &[u8]) -> String {
        let most = bytes.len().min(PIECE_MAX_BYTES);
        bytes[..most].iter().fold(String::with_capacity(2 * most), |mut digits, byte| {
            // Writing to a string cannot fail.
            let _ = write!(digits, "{byte:02x}");
            digits
        })
    }

    /// The bytes that it carries; none when they are no hexadecimal digits, or too many.
    #[must_use]
    pub fn read(&self) -> Option<Vec<u8>> {
        let digits = self.bytes.as_bytes();
        if digits.len() > 2 * PIECE_MAX_BYTES || !digits.len().is_multiple_of(2) {
            return None;
        }
        let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
        digits.chunks_exact(2).map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?)).collect()
    }
}

/// The centre's answer to a [`Salvage`]: everything in it is on the centre's disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Salvaged {
    /// Which life of the centre's database answered.
    pub centre: Incarnation,
    /// How many pieces were new.
    pub kept: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_nought(number: &u64) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// What a terminal is given when it is enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// Its code.
    pub terminal: Code<Terminal>,
    /// The bearer token for every call.
    pub token: String,
    /// The centre's address, `http://host:port`.
    pub centre: String,
    /// GS1 company prefix of the SSCCs it mints.
    pub sscc_prefix: String,
    /// The extension digit.
    pub sscc_extension: u8,
    /// First serial of its own range.
    pub sscc_first: u64,
    /// Last serial of its own range.
    pub sscc_last: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(bytes: String) -> Piece {
        Piece { seq: None, id: None, bytes }
    }

    #[test]
    fn a_piece_carries_its_bytes_and_what_is_none_is_not_read() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(piece(Piece::digits(&all)).read(), Some(all));
        assert_eq!(piece(String::new()).read(), Some(Vec::new()));
        let long = vec![7; PIECE_MAX_BYTES + 9];
        assert_eq!(piece(Piece::digits(&long)).read().map(|bytes| bytes.len()), Some(PIECE_MAX_BYTES));
        for broken in ["0", "0g", "+1", "\u{e9}", &"00".repeat(PIECE_MAX_BYTES + 1)] {
            assert_eq!(piece(broken.to_owned()).read(), None, "{} characters", broken.len());
        }
    }
}
