//! Commands that only look: verify, explain, orders, stock.

use std::process::ExitCode;

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
    for violation in &report.violations {
        println!("{violation}");
    }
    println!("{}", words::verified(&report));
    Ok(if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub(crate) fn explain(home: Home, sku: &Code<Item>, moves: bool) -> anyhow::Result<()> {
    let explained = home.act(|tx, context| explain::explain(tx, context, sku))?;
    print!("{}", words::explained(sku, &explained, moves));
    Ok(())
}

pub(crate) fn orders(home: Home, as_json: bool) -> anyhow::Result<()> {
    let orders = home.act(|tx, _| {
        let mut told = Vec::new();
        for order in tx.orders()? {
            let lines = tx.lines(order.id)?;
            told.push((order, lines));
        }
        Ok(told)
    })?;
    for (order, lines) in &orders {
        if as_json {
            println!("{}", order_json(order, lines));
        } else {
            println!("{}", words::order(order, lines));
        }
    }
    Ok(())
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
    for level in home.act(|tx, _| tx.levels())? {
        if level.on_hand.is_zero() && level.assigned.is_zero() {
            continue;
        }
        if as_json {
            let place = level.place.to_string();
            let told = json!({ "item": level.item, "place": place, "on_hand": level.on_hand,
                "assigned": level.assigned });
            println!("{told}");
        } else {
            println!("{}", words::level(&level));
        }
    }
    Ok(())
}
