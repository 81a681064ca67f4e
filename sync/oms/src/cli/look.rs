//! Commands that only look: verify, explain, orders, stock.

use std::{
    io::{BufWriter, Write},
    process::ExitCode,
};

use aisle_core::{id::Code, item::Item};
use aisle_oms::{
    stock::{explain, verify},
    store::record::{Bucket, LineRecord, OrderRecord},
    words,
};
use serde_json::json;

use super::home::Home;

/// Proves the books; the exit status says whether they hold.
pub(crate) fn verify(home: Home) -> anyhow::Result<ExitCode> {
    let report = home.act(|tx, _| verify::verify(tx))?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for violation in &report.violations {
        writeln!(out, "{violation}")?;
    }
    writeln!(out, "{}", words::verified(&report))?;
    out.flush()?;
    Ok(if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub(crate) fn explain(home: Home, sku: &Code<Item>, moves: bool) -> anyhow::Result<()> {
    let explained = home.act(|tx, context| explain::explain(tx, context, sku))?;
    Ok(write!(std::io::stdout(), "{}", words::explained(sku, &explained, moves))?)
}

pub(crate) fn orders(home: Home, as_json: bool) -> anyhow::Result<()> {
    let orders = home.act(|tx, _| {
        let mut told = Vec::new();
        for order in tx.orders()? {
            let lines = tx.lines(order.id)?;
            told.push((order, lines));
        }
        told.sort_by(|(a, _), (b, _)| a.age().cmp(&b.age()));
        Ok(told)
    })?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (order, lines) in &orders {
        if as_json {
            writeln!(out, "{}", order_json(order, lines))?;
        } else {
            writeln!(out, "{}", words::order(order, lines))?;
        }
    }
    Ok(out.flush()?)
}

fn order_json(order: &OrderRecord, lines: &[LineRecord]) -> serde_json::Value {
    let mut told = json!({
        "reference": order.reference,
        "channel": order.channel,
        "kind": order.kind.word(),
        "state": order.state.word(),
        "parked": order.parked,
        "service": order.service,
        "due_ms": order.due,
        "lines": lines.len(),
        "ordered": lines.iter().map(|line| line.ordered.0).sum::<i64>(),
    });
    for bucket in Bucket::ALL {
        told[bucket.word()] = lines.iter().map(|line| line.part(bucket).0).sum::<i64>().into();
    }
    told
}

pub(crate) fn stock(home: Home, as_json: bool) -> anyhow::Result<()> {
    let levels = home.act(|tx, _| tx.levels())?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for level in levels {
        if level.on_hand.is_zero() && level.assigned.is_zero() {
            continue;
        }
        if as_json {
            let place = level.place.to_string();
            let told = json!({ "item": level.item, "place": place, "on_hand": level.on_hand,
                "assigned": level.assigned, "lot": level.lot });
            writeln!(out, "{told}")?;
        } else {
            writeln!(out, "{}", words::level(&level))?;
        }
    }
    Ok(out.flush()?)
}
