//! The frame round every screen, which screen it is, and help.

use aisle_core::task::state::Role;
use aisle_ui::{App, Help, HelpAction, Shell};
use slint::Global;

use super::{
    rows::Rows,
    things::{int, or_none},
};
use crate::view::{
    Screen, View,
    frame::{Frame, Whereabouts},
};

pub(super) fn frame(app: &App, frame: &Frame) {
    let shell = Shell::get(app);
    let (at, of, text) = match &frame.whereabouts {
        Whereabouts::Stop { at, of } => (int(*at), int(*of), ""),
        Whereabouts::Person(text) | Whereabouts::Order(text) | Whereabouts::Lead(text) => {
            (0, 0, text.as_str())
        }
        Whereabouts::None => (0, 0, ""),
    };
    shell.set_where(match &frame.whereabouts {
        Whereabouts::None => aisle_ui::Whereabouts::None,
        Whereabouts::Stop { .. } => aisle_ui::Whereabouts::StopOf,
        Whereabouts::Person(_) => aisle_ui::Whereabouts::Person,
        Whereabouts::Order(_) => aisle_ui::Whereabouts::Order,
        Whereabouts::Lead(_) => aisle_ui::Whereabouts::Lead,
    });
    shell.set_where_a(at);
    shell.set_where_b(of);
    shell.set_where_text(text.into());
    shell.set_practice(frame.practice);
    shell.set_online(frame.online);
    shell.set_offline_min(frame.offline_min);
    shell.set_unsent(int(frame.unsent));
    shell.set_battery(or_none(frame.battery));
    shell.set_sync_trouble(frame.sync_trouble);
}

/// Which screen is on top: help lies over any of them.
pub(super) fn screen(app: &App, actions: &Rows<HelpAction>, view: &View) {
    let under = named(&view.screen);
    Help::get(app).set_from(under);
    if view.help {
        actions.set_by_place(&helpful(view.frame.role, view.frame.unread));
    }
    Shell::get(app).set_screen(if view.help { aisle_ui::Screen::Help } else { under });
}

fn helpful(role: Option<Role>, unread: usize) -> Vec<HelpAction> {
    let mut actions = Vec::new();
    if role.is_some() || unread > 0 {
        actions.push(HelpAction::Messages);
    }
    actions.push(HelpAction::Diagnostics);
    actions.push(HelpAction::Scanner);
    if role.is_some() {
        actions.push(HelpAction::SignOff);
    }
    actions
}

const fn named(screen: &Screen) -> aisle_ui::Screen {
    match screen {
        Screen::SignOn(_) => aisle_ui::Screen::SignOn,
        Screen::MyWork(_) => aisle_ui::Screen::MyWork,
        Screen::Nothing(_) => aisle_ui::Screen::Nothing,
        Screen::Cart(_) => aisle_ui::Screen::Cart,
        Screen::Pick(_) => aisle_ui::Screen::Pick,
        Screen::Short(_) => aisle_ui::Screen::Short,
        Screen::Route(_) => aisle_ui::Screen::Route,
        Screen::Tote(_) => aisle_ui::Screen::Tote,
        Screen::Drop(_) => aisle_ui::Screen::Drop,
        Screen::Messages(_) => aisle_ui::Screen::Messages,
        Screen::Inquiry(_) => aisle_ui::Screen::Inquiry,
        Screen::Scanner(_) => aisle_ui::Screen::Scanner,
        Screen::Pack(_) => aisle_ui::Screen::Pack,
        Screen::Load(_) => aisle_ui::Screen::Load,
        Screen::Trouble(_) => aisle_ui::Screen::Trouble,
        Screen::Reassign(_) => aisle_ui::Screen::Reassign,
        Screen::Board(_) => aisle_ui::Screen::Board,
    }
}
