//! Plans the shortest walk for published picker-routing instances and prints what it found.
//!
//! ```text
//! cargo run --release -q -p aisle-core --example route -- [--two-block] [--ms BUDGET] FILE…
//! ```
//!
//! Reads the text format of Heßler and Irnich's instances of the single picker routing problem, with and without
//! scattered storage (cell 0 is at the top of an aisle). With `--two-block` a middle cross-aisle of width 1 is put
//! halfway down the aisles, as their two-block instances have it. Where an article lies in several bins, bins are
//! chosen for at most the budget (20 ms unless told); where it does not, the walk is exact and the budget unused.
//!
//! Prints a line for each file, separated by tabs: the file, the length in the file's own unit, the certificate
//! (`optimal`, or `within x%` of a proven bound), the microseconds from the parsed file to the plan, and the order
//! of the visit: article ids separated by commas, with `@aisle.cell` after an id that has several bins.

#![allow(clippy::disallowed_methods, reason = "whoever runs an example lends it a clock")]

use aisle_core::plan::bin::{Bin, Choice, Chooser, Fefo, Line};
use aisle_core::plan::layout::{Layout, Point};
use aisle_core::plan::route::{Certificate, End};
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Moves tried between two looks at the clock.
const STEPS: u64 = 20;

fn main() -> ExitCode {
    let mut two_block = false;
    let mut budget = Duration::from_millis(20);
    let mut files = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--two-block" => two_block = true,
            "--ms" => match arguments.next().and_then(|value| value.parse().ok()) {
                Some(ms) => budget = Duration::from_millis(ms),
                None => return usage("--ms needs a whole number of milliseconds"),
            },
            flag if flag.starts_with("--") => return usage(&format!("unknown option {flag}")),
            _ => files.push(argument),
        }
    }
    if files.is_empty() {
        return usage("no file given");
    }
    let mut code = ExitCode::SUCCESS;
    for file in files {
        match solve(&file, two_block, budget) {
            Ok(line) => println!("{line}"),
            Err(reason) => {
                eprintln!("{file}: {reason}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

fn usage(problem: &str) -> ExitCode {
    eprintln!("{problem}\nusage: route [--two-block] [--ms BUDGET] FILE…");
    ExitCode::from(2)
}

fn solve(file: &str, two_block: bool, budget: Duration) -> Result<String, String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let instance = Instance::read(&text, two_block)?;
    let begun = Instant::now();
    let choice = instance.plan(begun, budget)?;
    let micros = begun.elapsed().as_micros();
    let length = choice.route.length_mm + 2 * instance.outside;
    let certificate = match choice.route.certificate {
        Certificate::Optimal => "optimal".to_owned(),
        Certificate::Within { .. } => {
            let permille = choice.route.gap_permille();
            format!("within {}.{}%", permille / 10, permille % 10)
        }
    };
    let order: Vec<String> = choice.route.order.iter().map(|take| instance.name(&choice, *take)).collect();
    Ok(format!("{file}\t{}\t{certificate}\t{micros}\t{}", instance.unit.show(length), order.join(",")))
}

/// How the file's unit becomes whole numbers: its decimals, and halves for the middle cross-aisle.
#[derive(Clone, Copy)]
struct Unit(u64);

impl Unit {
    fn read(self, text: &str) -> Option<u64> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = part.trim_end_matches('0');
        let tens = 10_u64.checked_pow(digits.len() as u32)?;
        let part = if digits.is_empty() { 0 } else { digits.parse::<u64>().ok()? };
        let whole = whole.parse::<u64>().ok()?.checked_mul(self.0)?;
        whole.checked_add((part * self.0).checked_div(tens)?)
    }

    fn show(self, length: u64) -> String {
        let rest = length % self.0 * 1_000_000 / self.0;
        let text = format!("{}.{rest:06}", length / self.0);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// One file, ready to be planned.
struct Instance {
    unit: Unit,
    layout: Layout,
    lines: Vec<Line>,
    /// Article of each line, and aisle and cell of each of its bins.
    names: Vec<(String, Vec<(usize, usize)>)>,
    /// Way from the depot to the aisle it is at, walked there and back.
    outside: u64,
}

/// The bins of an article, and the aisle and cell of each.
type Places = (Vec<Bin>, Vec<(usize, usize)>);

/// The header of a file and its sections, still as text.
#[derive(Default)]
struct Text<'a> {
    header: BTreeMap<&'a str, &'a str>,
    /// Article, aisle, cell, quantity.
    stock: Vec<(&'a str, usize, usize, u64)>,
    wanted: BTreeMap<&'a str, u64>,
    sequence: Vec<&'a str>,
}

impl<'a> Text<'a> {
    fn read(text: &'a str) -> Result<Self, String> {
        let mut read = Self::default();
        let mut section = "";
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            if line == "EOF" {
                break;
            } else if line.ends_with("_SECTION") {
                section = line;
            } else if words[0] == "ID" {
                read.item(section, &words).ok_or_else(|| format!("cannot read \"{line}\""))?;
            } else if let Some((key, value)) = line.split_once(':') {
                read.header.insert(key.trim(), value.trim());
            } else {
                return Err(format!("cannot read \"{line}\""));
            }
        }
        Ok(read)
    }

    fn item(&mut self, section: &str, words: &[&'a str]) -> Option<()> {
        let id = words.get(1)?;
        let field = |name: &str| {
            let at = words.iter().position(|word| *word == name)?;
            words.get(at + 1)?.parse::<u64>().ok()
        };
        match section {
            "ARTICLE_SECTION" => {}
            "SKU_SECTION" => {
                self.stock.push((id, field("AISLE")? as usize, field("CELL")? as usize, field("QUANTITY")?));
            }
            "ORDER_SECTION" => {
                let quantity = field("QUANTITY")?;
                let wanted = self.wanted.entry(id).or_insert(0);
                *wanted = wanted.checked_add(quantity)?;
                if !self.sequence.contains(id) {
                    self.sequence.push(id);
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn field(&self, name: &str) -> Result<&'a str, String> {
        self.header.get(name).copied().ok_or_else(|| format!("{name} is missing"))
    }

    fn whole(&self, name: &str) -> Result<usize, String> {
        self.field(name)?.parse().map_err(|_| format!("{name} is not a whole number"))
    }

    /// A unit in which all lengths, and half of them, are whole; fine enough for prices if lengths allow it.
    fn unit(&self) -> Unit {
        let lengths = self.header.iter().filter(|(key, _)| key.starts_with("DISTANCE"));
        let decimals =
            lengths.map(|(_, value)| value.split_once('.').map_or(0, |(_, part)| part.len().min(4)));
        Unit(200 * 10_u64.pow(decimals.max().unwrap_or(0) as u32))
    }
}

impl Instance {
    fn read(text: &str, two_block: bool) -> Result<Self, String> {
        let text = Text::read(text)?;
        let unit = text.unit();
        let length = |name: &str| -> Result<u32, String> {
            let value = unit.read(text.field(name)?).ok_or_else(|| format!("{name} is not a length"))?;
            u32::try_from(value).map_err(|_| format!("{name} is too long"))
        };
        let (aisles, cells) = (text.whole("NUM_AISLES")?, text.whole("NUM_CELLS")?);
        let (below, above) = (length("DISTANCE_BOTTOM_TO_CELL")?, length("DISTANCE_TOP_TO_CELL")?);
        let cell = length("DISTANCE_CELL_TO_CELL")?;
        let half = if two_block { cells / 2 } else { 0 };
        let middle = if two_block { unit.0 as u32 } else { 0 };
        if cells == 0 || cells > 100_000 {
            return Err(format!("{cells} cells"));
        }
        // Cell 0 is at the top; the cross-aisle in the middle is one unit wide.
        let along = |number: usize| -> Option<u32> {
            let steps = u32::try_from(cells - 1 - number).ok()?.checked_mul(cell)?;
            below.checked_add(steps)?.checked_add(if number < half { middle } else { 0 })
        };
        let top = along(0).and_then(|place| place.checked_add(above)).ok_or("the aisles are too long")?;
        let mut cross = vec![0, top];
        if half > 0 {
            let under = along(half).ok_or("the aisles are too long")?;
            cross.insert(1, under + (cell + middle) / 2);
        }
        let depot_along = match text.field("DEPOT_LOCATION")? {
            "top" => top,
            "bottom" => 0,
            other => return Err(format!("depot at {other}")),
        };
        let depot =
            Point::new(u16::try_from(text.whole("DEPOT_AISLE")?).map_err(|_| "depot off")?, depot_along);
        let aisles = u16::try_from(aisles).map_err(|_| "too many aisles")?;
        let layout = Layout::rectangular(aisles, length("DISTANCE_AISLE_TO_AISLE")?, &cross, depot);
        let layout = layout.map_err(|error| error.to_string())?;
        let outside = match text.header.get("DISTANCE_TOP_OR_BOTTOM_TO_DEPOT") {
            None => 0,
            Some(value) => unit.read(value).ok_or("the way to the depot is not a length")?,
        };
        let mut instance = Self { unit, layout, lines: Vec::new(), names: Vec::new(), outside };
        instance.stock(&text, cells, along)?;
        Ok(instance)
    }

    fn stock(
        &mut self,
        text: &Text<'_>,
        cells: usize,
        along: impl Fn(usize) -> Option<u32>,
    ) -> Result<(), String> {
        let mut bins: BTreeMap<&str, Places> = BTreeMap::new();
        for (id, aisle, cell, quantity) in &text.stock {
            let place = (*cell < cells).then(|| along(*cell)).flatten().zip(u16::try_from(*aisle).ok());
            let (along_mm, number) = place.ok_or_else(|| format!("article {id}: no cell {aisle}.{cell}"))?;
            let entry = bins.entry(id).or_default();
            entry.0.push(Bin::loose(Point::new(number, along_mm), *quantity));
            entry.1.push((*aisle, *cell));
        }
        for id in &text.sequence {
            let (bins, places) = bins.remove(id).ok_or_else(|| format!("article {id} is nowhere"))?;
            self.lines.push(Line { quantity: text.wanted[id], bins });
            self.names.push(((*id).to_owned(), places));
        }
        Ok(())
    }

    /// Plans within the budget, looking at the clock now and then.
    fn plan(&self, begun: Instant, budget: Duration) -> Result<Choice, String> {
        let home = self.layout.depot();
        let chooser = Chooser::new(&self.layout, home, End::At(home), &self.lines, Fefo::Ignored, 1);
        let mut chooser = chooser.map_err(|error| error.to_string())?;
        while !chooser.done() && begun.elapsed() < budget {
            chooser.improve(STEPS);
        }
        chooser.finish().map_err(|error| error.to_string())
    }

    fn name(&self, choice: &Choice, take: usize) -> String {
        let take = choice.takes[take];
        let (article, places) = &self.names[take.line];
        let (aisle, cell) = places[take.bin];
        if places.len() > 1 { format!("{article}@{aisle}.{cell}") } else { article.clone() }
    }
}
