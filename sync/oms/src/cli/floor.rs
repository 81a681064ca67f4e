//! What an office tells about the floor: a lost terminal, a tote that was counted, a lot on hold.

use aisle_core::{
    id::Code,
    item::Item,
    quantity::Quantity,
    task::{
        op::{Fact, Op, Origin},
        state::{Content, Operator, Terminal, Tote},
    },
};
use aisle_oms::{
    sync::quarantine,
    words,
    work::{self, Badge, lost, lot},
};
use anyhow::{Context as _, bail};
use clap::ValueEnum;

use super::home::{self, Home};

/// What becomes of a lot.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LotDo {
    /// Nothing of it ships.
    Hold,
    /// It ships again.
    Release,
}

/// Marks a terminal as lost.
pub(crate) fn lost(home: Home, terminal: &Code<Terminal>) -> anyhow::Result<()> {
    let by: Code<Operator> = Code::parse(home::CENTRE)?;
    let Some(marked) = home.act(|tx, context| lost::mark(tx, context, terminal, &by))? else {
        bail!("{terminal} is not enrolled");
    };
    println!("{}", words::lost(terminal, &marked));
    Ok(())
}

/// Tells what is in a tote.
pub(crate) fn tote(
    home: Home,
    tote: &Code<Tote>,
    contents: &[String],
    by: &Code<Operator>,
) -> anyhow::Result<()> {
    let contents = contents.iter().map(|text| content(text)).collect::<anyhow::Result<Vec<_>>>()?;
    let op = Op::Fact(Fact::ToteCounted { tote: tote.clone(), contents });
    // As an operation that came over the wire is read, with the same limits.
    let op = Op::from_bytes(op.family(), op.version(), &op.to_bytes())?;
    let terminal: Code<Terminal> = Code::parse(home::CENTRE)?;
    let verdict = home.act(|tx, context| {
        let origin =
            Origin { op: context.mint.id(context.now), operator: by.clone(), terminal, at: context.now };
        let verdict = work::apply(tx, context, &origin, &op, Badge::Vouched)?;
        quarantine::tote_counted(tx, context, tote)?;
        Ok(verdict)
    })?;
    println!("{}", words::tote_counted(tote, &verdict));
    Ok(())
}

fn content(text: &str) -> anyhow::Result<Content> {
    let (item, count) = text.rsplit_once('=').with_context(|| format!("{text:?} is no ITEM=COUNT"))?;
    let item = Code::parse(item).with_context(|| format!("{item:?} is no item"))?;
    let count: i64 = count.parse().with_context(|| format!("{count:?} is no number of pieces"))?;
    Ok(Content { item, quantity: Quantity(count), lot: None })
}

/// Holds a lot, or lets it go.
pub(crate) fn lot(home: Home, what: LotDo, item: &Code<Item>, lot: &str) -> anyhow::Result<()> {
    let by: Code<Operator> = Code::parse(home::CENTRE)?;
    let orders = home.act(|tx, context| match what {
        LotDo::Hold => lot::hold(tx, context, item, lot, &by),
        LotDo::Release => lot::release(tx, context, item, lot, &by),
    })?;
    println!("{}", words::lot(item, lot, matches!(what, LotDo::Hold), orders));
    Ok(())
}
