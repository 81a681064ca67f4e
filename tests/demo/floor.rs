//! What all people of the morning share: the goods, the site, the totes on the floor, luck, and the tally.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    process::{Failure, Handheld},
    site::{Luck, Site},
    world::World,
};

/// The building on this morning.
pub struct Floor {
    /// The goods.
    pub world: World,
    /// The site.
    pub site: Site,
    /// Luck.
    pub luck: Luck,
    /// Empty totes, anybody's.
    pub free_totes: Vec<String>,
    /// For which order each tote holds goods, by its place.
    pub orders: BTreeMap<String, String>,
    /// Totes in the packing lanes, in the order they came.
    pub lane: Vec<String>,
    /// Places of the totes that stand on each bench.
    pub benches: BTreeMap<String, Vec<String>>,
    /// Staged parcels: lane, SSCC, name in the world.
    pub staged: Vec<(String, String, String)>,
    /// Parcels on a vehicle, by manifest lane.
    pub loaded: BTreeMap<String, Vec<String>>,
    /// Parcels begun, by order.
    pub parcels: BTreeMap<String, u32>,
    /// The carton being filled on a bench for an order, as the world names it.
    pub open_parcels: BTreeMap<(String, String), String>,
    /// Which parcel wears which label: the SSCC, and the parcel as the world names it.
    pub labels: BTreeMap<String, String>,
    /// What happened, counted.
    pub tally: Tally,
}

/// What happened, counted.
#[derive(Default)]
pub struct Tally {
    /// Wrong scans made on purpose, and how many of them the terminal refused.
    pub wrong_made: u64,
    /// Of these, refused.
    pub wrong_refused: u64,
    /// Scans of another stop of the run than the one that is due: the terminal led on from there.
    pub elsewhere: u64,
    /// Refusals that nobody meant to provoke, by kind.
    pub refusals: BTreeMap<String, u64>,
    /// Short picks told.
    pub shorts: u64,
    /// Picks taken back.
    pub undone: u64,
    /// Runs handed on.
    pub reassigned: u64,
    /// Batteries pulled.
    pub killed: u64,
    /// Times that the centre lost power.
    pub centre_killed: u64,
    /// Cues heard, by name.
    pub cues: BTreeMap<String, u64>,
    /// Remedies chosen.
    pub settled: u64,
    /// Scans of pieces that are kept by lot, at the shelves.
    pub of_lots: u64,
    /// Another lot than the one wanted scanned on purpose; all were refused.
    pub wrong_lots: u64,
    /// Whole cases picked, each by one scan.
    pub cases_picked: u64,
    /// Whole cases packed, each by one scan.
    pub cases_packed: u64,
    /// Parcels sealed.
    pub sealed: u64,
    /// Manifests closed.
    pub manifests: u64,
}

impl Floor {
    /// Counts what an answer let be heard, and gives the outcome's word.
    pub fn heard(&mut self, answer: &Value) -> String {
        if let Some(cue) = answer["cue"].as_str() {
            *self.tally.cues.entry(cue.to_owned()).or_default() += 1;
        }
        answer["outcome"].as_str().unwrap_or_default().to_owned()
    }

    /// Places of all totes.
    pub fn all_totes(&self) -> Vec<String> {
        self.site.totes.iter().map(|tote| format!("tote:{tote}")).collect()
    }

    /// Takes empty totes off a bench: they are free again.
    pub fn clear_bench(&mut self, bench: &str) {
        let on_it = self.benches.remove(bench).unwrap_or_default();
        let (empty, rest): (Vec<_>, Vec<_>) =
            on_it.into_iter().partition(|tote| self.world.contents(tote).is_empty());
        for tote in empty {
            self.free_totes.insert(0, tote.trim_start_matches("tote:").to_owned());
        }
        self.benches.insert(bench.to_owned(), rest);
    }

    /// Places of the totes on a bench: a packer takes from no other, for other benches pack other orders.
    pub fn bench_totes(&self, bench: &str) -> Vec<String> {
        self.benches.get(bench).cloned().unwrap_or_default()
    }

    /// Scans on purpose what is wrong here: the terminal must say no.
    pub fn wrong_scan(&mut self, handheld: &mut Handheld, raw: &[u8]) -> Result<(), Failure> {
        self.tally.wrong_made += 1;
        let answer = handheld.scan(raw)?.clone();
        let outcome = self.heard(&answer);
        if outcome == "refused" {
            self.tally.wrong_refused += 1;
            Ok(())
        } else if handheld.died() {
            self.tally.wrong_made -= 1;
            Ok(())
        } else {
            Err(format!("{} accepted a wrong scan: {answer}", handheld.code).into())
        }
    }

    /// Scans the label of another place than the one that is due. It is a wrong scan, unless a stop of hers is
    /// there: then the terminal must show that stop. Tells whether it did.
    pub fn other_place(&mut self, handheld: &mut Handheld, place: &str) -> Result<bool, Failure> {
        let raw = self.site.location_label(place)?;
        let answer = handheld.scan(&raw)?.clone();
        let outcome = self.heard(&answer);
        if handheld.died() {
            return Ok(false);
        }
        if outcome == "refused" {
            self.tally.wrong_made += 1;
            self.tally.wrong_refused += 1;
            return Ok(false);
        }
        if text(&answer["view"], "/place/code") != place {
            return Err(format!("{} took {place} for another place: {answer}", handheld.code).into());
        }
        self.tally.elsewhere += 1;
        Ok(true)
    }

    /// Scans what is right; a refusal is counted and told to the caller.
    pub fn scan(&mut self, handheld: &mut Handheld, raw: &[u8]) -> Result<bool, Failure> {
        let answer = handheld.scan(raw)?.clone();
        Ok(self.took(&answer))
    }

    /// Presses a key; a refusal is counted and told to the caller.
    pub fn key(&mut self, handheld: &mut Handheld, key: &str) -> Result<bool, Failure> {
        let answer = handheld.key(key)?.clone();
        Ok(self.took(&answer))
    }

    /// Keys a number and Enter. A terminal that dies over it has forgotten the digits: she sees that, and stops.
    pub fn key_number(&mut self, handheld: &mut Handheld, number: i64) -> Result<bool, Failure> {
        let deaths = handheld.deaths;
        for digit in number.to_string().chars() {
            self.key(handheld, &digit.to_string())?;
            if handheld.deaths > deaths {
                return Ok(false);
            }
        }
        self.key(handheld, "Enter")
    }

    fn took(&mut self, answer: &Value) -> bool {
        let outcome = self.heard(answer);
        if outcome == "refused" {
            let kind = answer["view"]["banner"]["kind"].as_str().unwrap_or("unnamed").to_owned();
            *self.tally.refusals.entry(kind).or_default() += 1;
        }
        outcome == "accepted"
    }

    /// Signs on with badge and PIN.
    pub fn sign_on(&mut self, handheld: &mut Handheld, badge: &str, pin: &str) -> Result<(), Failure> {
        // A new terminal fetches the site first; until then it knows nobody.
        for _ in 0..1_000 {
            if !text(&handheld.screen["view"], "/site").is_empty() {
                break;
            }
            handheld.look()?;
        }
        let badge = super::site::label(aisle_core::code::house::Kind::Badge, badge)?;
        let deaths = handheld.deaths;
        self.scan(handheld, &badge)?;
        for digit in pin.chars() {
            self.key(handheld, &digit.to_string())?;
            if handheld.deaths > deaths {
                return Ok(());
            }
        }
        if screen(&handheld.screen) == "sign_on" {
            return Err(format!("{} cannot sign on: {}", handheld.code, handheld.screen).into());
        }
        Ok(())
    }
}

/// The screen's name.
pub fn screen(answer: &Value) -> &str {
    answer["view"]["screen"].as_str().unwrap_or_default()
}

/// A text of the view.
pub fn text(view: &Value, path: &str) -> String {
    view.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A number of the view.
pub fn number(view: &Value, path: &str) -> i64 {
    view.pointer(path).and_then(Value::as_i64).unwrap_or(0)
}

/// A yes or no of the view.
pub fn flag(view: &Value, path: &str) -> bool {
    view.pointer(path).and_then(Value::as_bool).unwrap_or(false)
}
