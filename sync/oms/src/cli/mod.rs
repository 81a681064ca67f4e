//! The command line: one module per family of commands. Answers are worded by [`aisle_oms::words`].

mod backup;
mod floor;
mod home;
mod import;
mod look;
mod people;
mod print;
mod quarantine;
mod serve;

use std::{path::PathBuf, process::ExitCode};

use aisle_core::{
    id::Code,
    item::Item,
    task::state::{Operator, Terminal, Tote},
    time::Millis,
};
use aisle_oms::{demo, order::cancel, settings, store::record::Scope, terminal, words, work::release};
use anyhow::{Context as _, bail};
use clap::{Parser, Subcommand};

use floor::LotDo;
use home::Home;

/// The centre of Aisle: orders, stock, work and dispatch in one program.
#[derive(Parser)]
#[command(version, about)]
pub(crate) struct Args {
    /// Keep settings and database in this folder instead of the system's places.
    #[arg(long, global = true, value_name = "FOLDER")]
    home: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve terminals and integrators until stopped.
    Serve {
        /// Listen here instead of where the settings say.
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<String>,
        /// Copy every commit into this folder instead of where the settings say.
        #[arg(long, value_name = "FOLDER")]
        backup: Option<PathBuf>,
    },
    /// Make one whole copy of the database, beside a running centre. `serve` backs up continuously by itself.
    Backup {
        /// Where to.
        folder: PathBuf,
    },
    /// Rebuild the database from a backup, prove it, and put it in place. The centre must be stopped.
    Restore {
        /// A backup's folder, or a single database file that was copied.
        from: PathBuf,
        /// Only rebuild and prove it; put nothing in place.
        #[arg(long)]
        verify: bool,
        /// Put it in place although its books contradict one another.
        #[arg(long)]
        with_contradictions: bool,
    },
    /// Take in a CSV file. The same file again changes nothing.
    Import(import::Args),
    /// Release open fulfilment orders to pick lists, as far as the cap allows.
    Release,
    /// Cancel an order: what is promised is free again, what is picked goes back. Refused once a packer has it.
    Cancel {
        /// The channel's reference of the order.
        reference: String,
        /// The channel it came by, when it is not the import's.
        #[arg(long)]
        channel: Option<String>,
    },
    /// Operators: add, list, reset a PIN, print badges.
    #[command(subcommand)]
    Operator(people::Command),
    /// Enrol a terminal and print its enrolment, to be given to `aisle enrol`.
    Enrol {
        /// The terminal's code, such as H1.
        code: Code<Terminal>,
        /// A shop or another system instead of a terminal: its code names its channel.
        #[arg(long)]
        integrator: bool,
        /// The centre's address as the terminal reaches it, such as http://10.0.0.5:7420.
        #[arg(long, value_name = "URL")]
        centre: Option<String>,
        /// Write the enrolment into this file instead of printing it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Make the token of a terminal or integrator count no longer. What a revoked terminal still holds is taken
    /// into quarantine when it is heard.
    Revoke {
        /// Its code.
        code: Code<Terminal>,
    },
    /// Mark a terminal as lost: its token counts no longer, its lists are free, its totes are to be counted.
    Lost {
        /// Its code.
        code: Code<Terminal>,
    },
    /// Tell what is in a tote that was counted blind, such as `tote T7 MUG=2 CUP=1`; nothing for an empty one.
    Tote {
        /// The tote.
        code: Code<Tote>,
        /// Each item with how many.
        #[arg(value_name = "ITEM=COUNT")]
        contents: Vec<String>,
        /// Who counted: a badge.
        #[arg(long, default_value = home::CENTRE)]
        by: Code<Operator>,
    },
    /// Put a lot on hold, or let it go, with the orders that have pieces of it.
    Lot {
        /// What to do.
        what: LotDo,
        /// The item.
        item: Code<Item>,
        /// The lot as it is printed.
        lot: String,
    },
    /// What is kept and not applied: list, show, accept, discard.
    #[command(subcommand)]
    Quarantine(quarantine::Command),
    /// Prove that the books agree; fails when a single quantity does not.
    Verify,
    /// Tell where each piece of an item is, and why it can be sold or not.
    Explain {
        /// The item.
        sku: Code<Item>,
        /// Also list every move.
        #[arg(long)]
        moves: bool,
    },
    /// List orders and how far they are.
    Orders {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// List what lies where.
    Stock {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Print labels, badges and documents into files.
    Print(print::Args),
    /// Print the commented settings file; its values are the defaults.
    Config,
    /// Print where settings and database are.
    Where,
    /// Grow a demo site from a file of orders and write its sheets into a folder.
    DemoSite {
        /// The orders; the morning that the program carries when there is none.
        #[arg(long, value_name = "FILE")]
        orders: Option<PathBuf>,
        /// Same seed, same site.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Where to write.
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
    },
}

/// Runs a command.
pub(crate) fn run(args: Args, now: fn() -> Millis) -> anyhow::Result<ExitCode> {
    let find = || Home::find(args.home.as_deref(), now);
    match args.command {
        Command::Serve { listen, backup } => serve::serve(find()?, listen, backup)?,
        Command::Backup { folder } => backup::backup(find()?, &folder)?,
        Command::Restore { from, verify, with_contradictions } => {
            return backup::restore(find()?, &from, verify, with_contradictions);
        }
        Command::Import(what) => import::import(find()?, &what)?,
        Command::Release => {
            let released = find()?.act(release::run)?;
            println!("{}", words::released(&released));
        }
        Command::Cancel { reference, channel } => {
            let by = Code::parse(home::CENTRE)?;
            let done = find()?.act(|tx, context| {
                let channel = channel.unwrap_or_else(|| context.settings.import.channel.clone());
                cancel::cancel(tx, context, &channel, &reference, &by)
            })?;
            match words::cancelled(&reference, &done) {
                Ok(told) => println!("{told}"),
                Err(why) => bail!(why),
            }
        }
        Command::Operator(command) => people::run(find()?, command)?,
        Command::Enrol { code, integrator, centre, out } => {
            enrol(find()?, &code, integrator, centre, out)?;
        }
        Command::Revoke { code } => {
            if !find()?.act(|tx, _| terminal::revoke(tx, &code))? {
                bail!("{code} is not enrolled");
            }
        }
        Command::Lost { code } => floor::lost(find()?, &code)?,
        Command::Tote { code, contents, by } => floor::tote(find()?, &code, &contents, &by)?,
        Command::Lot { what, item, lot } => floor::lot(find()?, what, &item, &lot)?,
        Command::Quarantine(command) => quarantine::run(find()?, command)?,
        Command::Verify => return look::verify(find()?),
        Command::Explain { sku, moves } => look::explain(find()?, &sku, moves)?,
        Command::Orders { json } => look::orders(find()?, json)?,
        Command::Stock { json } => look::stock(find()?, json)?,
        Command::Print(args) => print::run(find()?, &args)?,
        Command::Config => print!("{}", settings::TEMPLATE),
        Command::Where => {
            let home = find()?;
            println!("settings  {}", home.settings_file.display());
            println!("database  {}", home.database.display());
        }
        Command::DemoSite { orders, seed, out } => demo_site(orders, seed, &out)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn enrol(
    home: Home,
    code: &Code<Terminal>,
    integrator: bool,
    centre: Option<String>,
    out: Option<PathBuf>,
) -> anyhow::Result<()> {
    let mut random = [0u8; 32];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    let token: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let settings = &home.settings.centre;
    let address =
        centre.or_else(|| settings.address.clone()).unwrap_or_else(|| format!("http://{}", settings.listen));
    let scope = if integrator { Scope::Integrator } else { Scope::Terminal };
    let done = home.act(|tx, context| terminal::enrol(tx, context, code, scope, &token, &address))?;
    let Ok(enrolment) = done else {
        bail!("the company prefix has no parcel numbers left: raise nothing, ask GS1 for another prefix")
    };
    let text = toml::to_string(&enrolment).context("an enrolment is plain text")?;
    match out {
        Some(file) => home::write_secret(&file, &text)?,
        None => print!("{text}"),
    }
    Ok(())
}

fn demo_site(orders: Option<PathBuf>, seed: u64, out: &std::path::Path) -> anyhow::Result<()> {
    let bytes = match &orders {
        Some(file) => home::read(file)?,
        None => demo::ORDERS.as_bytes().to_vec(),
    };
    let site = demo::generate(&bytes, demo::SIZES, seed)?;
    site.write(out)?;
    home::write(&out.join("orders.csv"), &bytes)?;
    println!("{}", words::demo_site(&site, out));
    Ok(())
}
