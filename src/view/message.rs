//! Messages: the newest first.

use aisle_core::wire::v1::No;
use serde::Serialize;

use super::{
    Input,
    things::{self, ItemText},
};
use crate::floor::session::MessageKind;

/// Messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Messages {
    /// The newest first.
    pub rows: Vec<Message>,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Opaque.
    pub id: String,
    /// What it says.
    #[serde(flatten)]
    pub says: Says,
    /// How old, in minutes.
    pub age_min: i32,
    /// Not read yet.
    pub unread: bool,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "says", rename_all = "snake_case")]
pub enum Says {
    /// Pieces are no longer wanted.
    Withdrawn {
        /// The item.
        item: ItemText,
        /// The place.
        place: String,
        /// How many fewer.
        count: i64,
        /// How many to put back.
        put_back: i64,
    },
    /// Her run went to somebody else.
    MovedTo {
        /// The list.
        list: u32,
        /// Who has it; empty when nobody has.
        name: String,
    },
    /// New work came.
    NewWork {
        /// The list.
        list: u32,
    },
    /// The order on the bench is cancelled or held.
    OrderStopped {
        /// The order.
        order: String,
    },
    /// The centre said no.
    Refused {
        /// The word of what was asked.
        request: String,
        /// Why.
        no: No,
    },
}

pub(super) fn build(input: Input<'_>) -> Messages {
    let rows = input.state.session.messages.iter().rev().map(|message| Message {
        id: message.number.to_string(),
        says: says(input, &message.kind),
        age_min: input.age_min(message.at),
        unread: !message.read,
    });
    Messages { rows: rows.collect() }
}

fn says(input: Input<'_>, kind: &MessageKind) -> Says {
    match kind {
        MessageKind::Withdrawn { item, location, quantity, put_back } => Says::Withdrawn {
            item: things::item(input, item),
            place: location.to_string(),
            count: quantity.0,
            put_back: put_back.0,
        },
        MessageKind::MovedTo { number, to } => {
            let name = to.as_ref().and_then(|to| input.catalogue.operator(to)).map(|to| to.name);
            Says::MovedTo { list: *number, name: name.unwrap_or_default() }
        }
        MessageKind::NewWork { number } => Says::NewWork { list: *number },
        MessageKind::OrderStopped { order } => Says::OrderStopped { order: order.clone() },
        MessageKind::Refused { request, no } => Says::Refused { request: request.clone(), no: *no },
    }
}
