//! I5, and that lines, allocations and fulfilment orders tell the same.

use std::collections::BTreeMap;

use aisle_core::{
    id::Id,
    order::Order,
    quantity::Quantity,
    task::state::{FulfilmentLine, FulfilmentOrder},
};

use super::{At, Law, Report};
use crate::{
    order::intake,
    store::{
        Result, Tx,
        record::{AllocationRecord, Bucket},
    },
};

/// A line of an order, and what its fulfilment orders have of it.
type ByLine = BTreeMap<(Id<Order>, u32), [Quantity; 4]>;

pub(super) fn check(tx: &Tx<'_>, report: &mut Report) -> Result<()> {
    let allocations = tx.allocations()?;
    report.records += allocations.len() as u64;
    let of_floor = fulfilments(tx, report, &allocations)?;
    for order in tx.orders()? {
        let lines = tx.lines(order.id)?;
        let charges = tx.charges(order.id)?;
        let name = format!("order {}", order.reference);
        if intake::content(&order, &lines, &charges) != order.content {
            report.note(Law::I5, name.clone(), "lines and charges", "the order as it was taken in");
        }
        for line in &lines {
            report.records += 1;
            let about = format!("{name} line {}", line.line);
            report.equal(Law::I5, &about, line.ordered, line.parts.iter().copied().sum());
            let [allocated, picked, packed, shipped] =
                of_floor.get(&(order.id, line.line)).copied().unwrap_or_default();
            for (bucket, told) in [
                (Bucket::Allocated, allocated),
                (Bucket::Picked, picked),
                (Bucket::Packed, packed),
                (Bucket::Shipped, shipped),
            ] {
                let what = format_args!("{about} {}", bucket.word());
                report.equal(Law::I5, what, line.part(bucket), told);
            }
            for bucket in [Bucket::Cancelled, Bucket::Unrouted, Bucket::Backordered] {
                if line.part(bucket) < Quantity::ZERO {
                    report.note(
                        Law::I5,
                        format!("{about} {}", bucket.word()),
                        line.part(bucket),
                        "0 or more",
                    );
                }
            }
        }
    }
    Ok(())
}

/// Holds fulfilment orders against their allocations, and sums what they have of each order line.
fn fulfilments(tx: &Tx<'_>, report: &mut Report, allocations: &[AllocationRecord]) -> Result<ByLine> {
    let mut promised: BTreeMap<(Id<FulfilmentOrder>, u32), &AllocationRecord> =
        allocations.iter().map(|a| ((a.fulfilment, a.line), a)).collect();
    let mut sums = ByLine::new();
    for order in tx.all::<FulfilmentOrder>()? {
        for line in &order.lines {
            let about = format!("fulfilment order {} line {}", order.number, line.line);
            match promised.remove(&(order.id, line.line)) {
                Some(allocation) => allocation_of(report, &about, allocation, line),
                None => report.note(Law::I4, about, "a line", "no allocation"),
            }
            let sum = sums.entry((order.order, line.line)).or_default();
            sum[0] += line.wanted - line.picked - line.short;
            sum[1] += line.picked - line.lost - line.packed;
            sum[2] += line.packed - line.shipped;
            sum[3] += line.shipped;
        }
    }
    for (fulfilment, line) in promised.keys() {
        report.note(Law::I4, At(fulfilment, line).to_string(), "an allocation", "no fulfilment order");
    }
    Ok(sums)
}

fn allocation_of(report: &mut Report, about: &str, a: &AllocationRecord, line: &FulfilmentLine) {
    report.equal(Law::I4, format_args!("{about} promised"), a.promised, a.open + a.consumed + a.released);
    report.equal(Law::I4, format_args!("{about} wanted"), line.wanted, a.promised);
    report.equal(Law::I4, format_args!("{about} picked"), line.picked, a.consumed);
    report.equal(Law::I4, format_args!("{about} short"), line.short, a.released);
    if a.item != line.item {
        report.note(Law::I4, about.to_owned(), &a.item, &line.item);
    }
}
