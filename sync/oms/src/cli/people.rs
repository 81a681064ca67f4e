//! `aisle-oms operator`: people, PINs, badges.

use aisle_core::{
    id::Code,
    task::state::{Operator, Role},
};
use aisle_oms::{
    site::people::{self, Pin},
    words,
};
use anyhow::bail;

use super::home::Home;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Add an operator; badge and PIN are drawn and printed once unless given.
    Add {
        /// Her name, as others call her.
        name: String,
        /// picker, packer or lead.
        #[arg(long, value_parser = role)]
        role: Role,
        /// 4 digits.
        #[arg(long, value_parser = pin)]
        pin: Option<Pin>,
        /// An existing badge.
        #[arg(long)]
        badge: Option<Code<Operator>>,
        /// Language of her screen.
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Give an operator another PIN.
    Pin {
        /// Her badge.
        badge: Code<Operator>,
        /// 4 digits; drawn and printed when it is not given.
        #[arg(long, value_parser = pin)]
        pin: Option<Pin>,
    },
    /// Make a badge invalid, or valid again.
    Deactivate {
        /// The badge.
        badge: Code<Operator>,
        /// Make it valid again.
        #[arg(long)]
        undo: bool,
    },
    /// List operators.
    List,
}

fn role(text: &str) -> Result<Role, String> {
    people::role(text).ok_or_else(|| "picker, packer or lead".to_owned())
}

fn pin(text: &str) -> Result<Pin, String> {
    Pin::parse(text).ok_or_else(|| "a PIN is 4 digits".to_owned())
}

pub(crate) fn run(home: Home, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add { name, role, pin, badge, language } => {
            let (badge, pin) = home.act(|tx, context| {
                let badge = badge.unwrap_or_else(|| people::draw_badge(context.mint));
                let pin = pin.unwrap_or_else(|| Pin::draw(context.mint));
                people::put_operator(tx, context, badge.clone(), &name, role, &pin, &language)?;
                Ok((badge, pin))
            })?;
            println!("{}", words::operator_added(&name, &badge, &pin));
        }
        Command::Pin { badge, pin } => {
            let (known, pin) = home.act(|tx, context| {
                let pin = pin.unwrap_or_else(|| Pin::draw(context.mint));
                Ok((people::reset_pin(tx, context, &badge, &pin)?, pin))
            })?;
            if !known {
                bail!("nobody has the badge {badge}");
            }
            println!("PIN {}", pin.as_str());
        }
        Command::Deactivate { badge, undo } => {
            if !home.act(|tx, _| people::set_active(tx, &badge, undo))? {
                bail!("nobody has the badge {badge}");
            }
        }
        Command::List => {
            for operator in home.act(|tx, _| tx.all::<Operator>())? {
                println!("{}", words::operator(&operator));
            }
        }
    }
    Ok(())
}
