//! Look up, messages, and the scanner's setup.

use aisle_ui::{App, Fact, FactKind, Inquiry, InquiryKind, Message, MessageKind, Scanner};
use slint::Global;

use super::{
    rows::Rows,
    things::{int, or_none},
};
use crate::{
    floor::scanner::Learned,
    view::{
        inquiry,
        message::{self, Says},
    },
};

/// Rows of a list that a digit can open.
const DIGITS: usize = 9;

pub(super) fn inquiry(app: &App, facts: &Rows<Fact>, view: &inquiry::Inquiry) {
    let screen = Inquiry::get(app);
    screen.set_kind(match view.kind {
        inquiry::InquiryKind::Item => InquiryKind::Item,
        inquiry::InquiryKind::Place => InquiryKind::Place,
        inquiry::InquiryKind::Tote => InquiryKind::Tote,
        inquiry::InquiryKind::Cart => InquiryKind::Cart,
        inquiry::InquiryKind::Parcel => InquiryKind::Parcel,
        inquiry::InquiryKind::Person => InquiryKind::Person,
    });
    let (telling, name) =
        view.item.as_ref().map_or((view.code.as_str(), ""), |item| (&item.telling, &item.name));
    screen.set_telling(telling.into());
    screen.set_name(name.into());
    screen.set_case_size(0);
    screen.set_has_photo(false);
    screen.set_known_min(or_none(view.known_min));
    screen.set_age_min(view.age_min);
    screen.set_has_free(false);
    let known: Vec<Fact> = view.facts.iter().map(fact).collect();
    facts.set(&known, |fact| (fact.id.clone(), fact.kind as i32));
}

fn fact(fact: &inquiry::Fact) -> Fact {
    Fact {
        id: fact.id.as_str().into(),
        kind: match fact.kind {
            inquiry::FactKind::PickFace => FactKind::PickFace,
            inquiry::FactKind::InTote => FactKind::InTote,
            inquiry::FactKind::InCart => FactKind::InCart,
            inquiry::FactKind::Item => FactKind::Item,
            inquiry::FactKind::Order => FactKind::Order,
        },
        code: fact.code.as_str().into(),
        tote: fact.tote,
        count: int(fact.count),
        here: fact.here,
        ..Fact::default()
    }
}

pub(super) fn scanner(app: &App, learned: &Learned) {
    let screen = Scanner::get(app);
    screen.set_set_up(learned.set_up);
    screen.set_layout(learned.layout.into());
    screen.set_caps(learned.caps);
    screen.set_separator(learned.separator.as_str().into());
    screen.set_before(learned.before.as_str().into());
    screen.set_after(learned.after.as_str().into());
    screen.set_aim(learned.aim);
    screen.set_unmapped(learned.unmapped.as_str().into());
}

pub(super) fn messages(rows: &Rows<Message>, view: &message::Messages) {
    let all: Vec<Message> = view.rows.iter().enumerate().map(|(at, row)| message(at, row)).collect();
    rows.set(&all, |message| message.id.clone());
}

fn message(at: usize, row: &message::Message) -> Message {
    let base = Message {
        id: row.id.as_str().into(),
        digit: if at < DIGITS { int(at + 1) } else { 0 },
        age_min: row.age_min,
        unread: row.unread,
        ..Message::default()
    };
    match &row.says {
        Says::Withdrawn { item, place, count, put_back } => Message {
            kind: MessageKind::Withdrawn,
            item: item.telling.as_str().into(),
            place: if *put_back > 0 { place.as_str() } else { "" }.into(),
            count: int(if *put_back > 0 { *put_back } else { *count }),
            ..base
        },
        Says::MovedTo { list, name } => {
            Message { kind: MessageKind::MovedTo, count: int(*list), sender: name.as_str().into(), ..base }
        }
        Says::NewWork { list } => Message { kind: MessageKind::NewWork, count: int(*list), ..base },
        Says::OrderStopped { order } => {
            Message { kind: MessageKind::OrderStopped, item: order.as_str().into(), ..base }
        }
        Says::Refused { .. } => Message { kind: MessageKind::SyncRefused, count: 1, ..base },
    }
}
