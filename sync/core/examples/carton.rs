//! Packs published orders and says how well: BoxPacker's format, on any instance of it.
//!
//! ```text
//! cargo run -rq -p aisle-core --example carton -- [--plan OUT.csv] boxes.csv items.csv
//! ```
//! `boxes.csv`: name, outer width, length and depth (mm), empty weight (g), inner width, length and depth
//! (mm), greatest gross weight (g). `items.csv`: order id, quantity, item id, width, length, depth (mm),
//! weight (g). Neither has a header.
//!
//! It prints one line, `orders=… cartons=… bound=… proven_percent=… us_p99=…`: orders planned, cartons
//! used, the sum of the proven lower bounds, the share of orders whose number of cartons is proven
//! minimal, and the 99th percentile of the time per order in µs. Every order is planned twice, which must
//! give the same plan, and the shorter time counts: the figure is about the planner, not about what else the
//! machine does. The plan file has a row per piece, in packing order: `order,carton_no,carton,item,x,y,z,w,l,d`
//! in mm. A carton costs its outer volume.
//! Orders that cannot be packed are named on standard error and the exit status is 1.

#![allow(clippy::disallowed_methods, reason = "an example may time what it shows")]

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    process::ExitCode,
    time::{Duration, Instant},
};

use aisle_core::plan::carton::{Carton, Limits, MAX_PIECES, Piece, Plan, pack};

const USAGE: &str = "usage: carton [--plan OUT.csv] boxes.csv items.csv";

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

struct Order {
    id: String,
    pieces: Vec<Piece>,
}

struct Summary {
    cartons: usize,
    bound: u64,
    proven: usize,
    times: Vec<Duration>,
    plan: String,
    whole: bool,
}

fn run() -> Result<bool, Box<dyn Error>> {
    let mut files = Vec::new();
    let mut plan_file = None;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--plan" {
            plan_file = Some(arguments.next().ok_or(USAGE)?);
        } else {
            files.push(argument);
        }
    }
    let [boxes, items] = files.as_slice() else { return Err(USAGE.into()) };
    let cartons = read_cartons(&read(boxes)?).map_err(|error| format!("{boxes}: {error}"))?;
    let orders = read_orders(&read(items)?).map_err(|error| format!("{items}: {error}"))?;
    let mut summary = pack_all(&orders, &cartons);
    if let Some(path) = plan_file {
        fs::write(&path, &summary.plan).map_err(|error| format!("{path}: {error}"))?;
    }
    let planned = summary.times.len();
    summary.times.sort_unstable();
    let p99 =
        summary.times.get((planned * 99).div_ceil(100).saturating_sub(1)).map_or(0, Duration::as_micros);
    let tenths = (summary.proven * 1000).checked_div(planned).unwrap_or(1000);
    println!(
        "orders={planned} cartons={} bound={} proven_percent={}.{} us_p99={p99}",
        summary.cartons,
        summary.bound,
        tenths / 10,
        tenths % 10
    );
    Ok(summary.whole)
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
}

fn pack_all(orders: &[Order], cartons: &[Carton]) -> Summary {
    let mut summary = Summary {
        cartons: 0,
        bound: 0,
        proven: 0,
        times: Vec::with_capacity(orders.len()),
        plan: String::from("order,carton_no,carton,item,x,y,z,w,l,d\n"),
        whole: true,
    };
    for order in orders {
        let start = Instant::now();
        let plan = pack(&order.pieces, cartons, Limits::default());
        let first = start.elapsed();
        let start = Instant::now();
        let again = pack(&order.pieces, cartons, Limits::default());
        let time = start.elapsed().min(first);
        assert_eq!(plan, again, "the same order gets the same plan");
        match plan {
            Ok(plan) => {
                summary.times.push(time);
                summary.cartons += plan.cartons.len();
                summary.bound += u64::from(plan.bound());
                summary.proven += usize::from(plan.bound() as usize == plan.cartons.len());
                write_rows(&mut summary.plan, order, cartons, &plan);
            }
            Err(refusal) => {
                eprintln!("order {}: {refusal}", order.id);
                summary.whole = false;
            }
        }
    }
    summary
}

fn write_rows(out: &mut String, order: &Order, cartons: &[Carton], plan: &Plan) {
    for (number, packed) in plan.cartons.iter().enumerate() {
        for at in &packed.placements {
            writeln!(
                out,
                "{},{},{},{},{},{},{},{},{},{}",
                order.id,
                number + 1,
                cartons[packed.carton].code,
                order.pieces[at.piece].id,
                at.x,
                at.y,
                at.z,
                at.w,
                at.l,
                at.d
            )
            .expect("a string takes any text");
        }
    }
}

/// The fields of each line that is not blank, with its number.
fn rows<const N: usize>(text: &str) -> impl Iterator<Item = Result<(usize, [&str; N]), String>> {
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(at, line)| {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let found = fields.len();
        let fields = fields.try_into().map_err(|_| format!("line {}: {found} fields, not {N}", at + 1))?;
        Ok((at + 1, fields))
    })
}

fn number(line: usize, what: &str, text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("line {line}: {what} is \"{text}\", not a whole number from 0"))
}

fn read_cartons(text: &str) -> Result<Vec<Carton>, String> {
    let mut cartons = Vec::new();
    for row in rows::<9>(text) {
        let (line, [code, ow, ol, od, empty, w, l, d, max]) = row?;
        let outer = [ow, ol, od].map(|edge| number(line, "an outer size", edge));
        let mut cost = 1;
        for edge in outer {
            cost *= u64::from(edge?.min(100_000));
        }
        cartons.push(Carton {
            code: code.to_owned(),
            w: number(line, "the inner width", w)?,
            l: number(line, "the inner length", l)?,
            d: number(line, "the inner depth", d)?,
            empty_g: number(line, "the empty weight", empty)?,
            max_g: number(line, "the greatest weight", max)?,
            cost,
        });
    }
    Ok(cartons)
}

/// Rows of one order need not be neighbours; orders keep the place of their first row.
fn read_orders(text: &str) -> Result<Vec<Order>, String> {
    let mut orders: Vec<Order> = Vec::new();
    let mut known = std::collections::BTreeMap::new();
    for row in rows::<7>(text) {
        let (line, [id, quantity, item, w, l, d, weight]) = row?;
        let quantity = number(line, "the quantity", quantity)? as usize;
        let piece = Piece {
            id: item.to_owned(),
            w: number(line, "the width", w)?,
            l: number(line, "the length", l)?,
            d: number(line, "the depth", d)?,
            weight_g: number(line, "the weight", weight)?,
            this_side_up: false,
            fragile: false,
        };
        let at = *known.entry(id.to_owned()).or_insert(orders.len());
        if at == orders.len() {
            orders.push(Order { id: id.to_owned(), pieces: Vec::new() });
        }
        let pieces = &mut orders[at].pieces;
        if quantity > MAX_PIECES || pieces.len() + quantity > MAX_PIECES {
            return Err(format!("line {line}: an order may have {MAX_PIECES} pieces at most"));
        }
        pieces.extend(std::iter::repeat_n(piece, quantity));
    }
    Ok(orders)
}
