//! A packer: scans a tote, puts each piece into the carton that the screen shows, weighs, labels, stages.

use std::collections::BTreeSet;

use aisle_core::code::house::Kind;

use super::{
    floor::{Floor, number, screen, text},
    process::{Failure, Handheld},
    site::{Person, label, parcel_label, parts},
};

/// Of these, the totes with goods of one lot.
fn of_goods(totes: &[(String, String, i64)], goods: &str) -> Vec<(String, i64)> {
    totes.iter().filter(|(_, of, _)| of == goods).map(|(tote, _, n)| (tote.clone(), *n)).collect()
}

/// One packer with a bench.
pub struct Packer {
    /// The bench's terminal.
    pub handheld: Handheld,
    /// Who she is.
    pub who: Person,
    /// She has nothing to do.
    pub idle: bool,
    /// The sealed parcel that waits for its lane, as the world names it.
    sealed: Option<String>,
    /// The item she packed last, and how many of it in a row: what a number keyed means.
    row: (String, i64),
}

impl Packer {
    /// Signed off.
    pub const fn new(handheld: Handheld, who: Person) -> Self {
        Self { handheld, who, idle: false, sealed: None, row: (String::new(), 0) }
    }

    /// One thing.
    pub fn act(&mut self, floor: &mut Floor) -> Result<(), Failure> {
        self.idle = false;
        let view = self.handheld.screen["view"].clone();
        match screen(&self.handheld.screen) {
            "sign_on" => floor.sign_on(&mut self.handheld, &self.who.badge, &self.who.pin),
            "pack" => match text(&view, "/step").as_str() {
                "tote" => self.next_tote(floor, &view),
                "grab" => self.grab(floor, &view),
                "box" => floor.key(&mut self.handheld, "F3").map(drop),
                "weigh" => self.weigh(floor, &view),
                _ => self.stage(floor, &view),
            },
            "load" => self.load_screen(floor, &view),
            _ => floor.key(&mut self.handheld, ".").map(drop),
        }
    }

    fn next_tote(&mut self, floor: &mut Floor, view: &serde_json::Value) -> Result<(), Failure> {
        let missing = view["missing_totes"].as_array().cloned().unwrap_or_default();
        let brought = missing.iter().map(|tote| text(tote, "/id")).find(|tote| floor.lane.contains(tote));
        let tote = match brought {
            Some(tote) => Some(tote),
            None if missing.is_empty() => floor.lane.first().cloned(),
            None => None,
        };
        let Some(tote) = tote else {
            if !missing.is_empty() && !floor.lane.is_empty() {
                // The rest of this order is still on a cart: its carton is sealed, another order goes first.
                let here = (self.handheld.code.clone(), text(view, "/order"));
                if floor.open_parcels.contains_key(&here) {
                    return self.full(floor);
                }
                let other = floor.lane[0].clone();
                floor.lane.rotate_left(1);
                return self.scan_tote(floor, &other);
            }
            self.idle = true;
            return self.handheld.look().map(drop);
        };
        self.scan_tote(floor, &tote)
    }

    fn scan_tote(&mut self, floor: &mut Floor, tote: &str) -> Result<(), Failure> {
        if floor.world.contents(&format!("tote:{tote}")).is_empty() {
            floor.lane.retain(|other| other != tote);
            floor.free_totes.insert(0, tote.to_owned());
            return Ok(());
        }
        let order = text(&self.handheld.screen["view"], "/order");
        if floor.scan(&mut self.handheld, &label(Kind::Tote, tote)?)? {
            if text(&self.handheld.screen["view"], "/order") != order {
                self.row = (String::new(), 0);
            }
            floor.lane.retain(|other| other != tote);
            let place = format!("tote:{tote}");
            floor.clear_bench(&self.handheld.code);
            floor.benches.entry(self.handheld.code.clone()).or_default().push(place);
        } else {
            floor.lane.retain(|other| other != tote);
            floor.lane.push(tote.to_owned());
            self.idle = floor.lane.len() == 1;
            self.handheld.look()?;
        }
        Ok(())
    }

    /// Puts pieces into the carton as the drawing shows them: the item named next, or one that is drawn.
    fn grab(&mut self, floor: &mut Floor, view: &serde_json::Value) -> Result<(), Failure> {
        let order = text(view, "/order");
        let plan = view["plan"].as_array().cloned().unwrap_or_default();
        let next = view["next"].clone();
        let rows = view["rows"].as_array().cloned().unwrap_or_default();
        let room_for = |row: &serde_json::Value| -> i64 {
            let item = text(row, "/item/code");
            let drawn = |part: &&serde_json::Value| part["item"] == item.as_str() && part["part"] != "placed";
            i64::try_from(plan.iter().filter(drawn).count()).unwrap_or(0)
        };
        let due_of = |row: &serde_json::Value| number(row, "/want") - number(row, "/have");
        let of = |row: &serde_json::Value| -> i64 {
            self.totes_with(floor, &text(row, "/item/code")).iter().map(|(_, _, n)| n).sum()
        };
        let drawn = std::iter::once(&next)
            .chain(&rows)
            .find(|row| due_of(row) > 0 && room_for(row) > 0 && of(row) > 0);
        let (row, room) = match drawn {
            Some(row) => (row.clone(), room_for(row)),
            None if view["fill"].is_null() || plan.iter().all(|part| part["part"] != "placed") => (next, 1),
            None => return self.full(floor),
        };
        let (sku, due) = (text(&row, "/item/code"), due_of(&row));
        // Pieces of one lot at a time: each lot is scanned.
        let here = self.totes_with(floor, &sku);
        let Some(item) = here.first().map(|(_, goods, _)| goods.clone()) else {
            return Err(format!("{}: no {sku} in the totes of order {order}", self.handheld.code).into());
        };
        let lots: BTreeSet<&String> = here.iter().map(|(_, goods, _)| goods).collect();
        // Where all are of one lot, the retail barcode tells it.
        let plain = lots.len() == 1 && floor.luck.once_in(2);
        let totes = of_goods(&here, &item);
        let there: i64 = totes.iter().map(|(_, n)| n).sum();
        let take = room.min(due).min(there);
        if take == 0 {
            return Err(format!("{}: no {item} in the totes of order {order}", self.handheld.code).into());
        }
        let parcel = Self::parcel_name(floor, &self.handheld.code, &order);
        let case = floor.site.case(&item);
        let whole_case = case > 0 && take >= case;
        let label = if plain { &sku } else { &item };
        let (first, raw) = match whole_case {
            true => (case, floor.site.case_label(label)),
            false => (1, floor.site.piece_label(label)),
        };
        self.move_in(floor, &item, first, &totes, &parcel)?;
        let deaths = self.handheld.deaths;
        if !self.take_in(floor, &raw)? {
            if self.handheld.deaths > deaths {
                // It is not on the screen: what went in comes out again, and everything is done over.
                let tote = totes.first().map(|(tote, _)| tote.clone()).unwrap_or_default();
                return Ok(floor.world.go(&self.who.name, "take out", &item, first, &parcel, &tote)?);
            }
            return Err(
                format!("{}: {item} was not taken: {}", self.handheld.code, self.handheld.screen).into()
            );
        }
        let before = if self.row.0 == item { self.row.1 } else { 0 };
        let counted = before + if whole_case { case } else { take };
        self.row = (item.clone(), counted);
        if whole_case {
            floor.tally.cases_packed += 1;
        }
        if whole_case || take == 1 {
            return Ok(());
        }
        let totes = of_goods(&self.totes_with(floor, &sku), &item);
        self.move_in(floor, &item, take - 1, &totes, &parcel)?;
        if floor.key_number(&mut self.handheld, before + take)? {
            return Ok(());
        }
        // Some items are scanned one by one: what is in the carton already is scanned now.
        for _ in 1..take {
            while !floor.scan(&mut self.handheld, &raw)? && self.handheld.died() {}
        }
        Ok(())
    }

    /// Scans a piece; where no carton could be proposed, takes the largest on the keys and scans again.
    fn take_in(&mut self, floor: &mut Floor, raw: &[u8]) -> Result<bool, Failure> {
        if floor.scan(&mut self.handheld, raw)? {
            return Ok(true);
        }
        if text(&self.handheld.screen["view"], "/banner/kind") != "no_carton" {
            return Ok(false);
        }
        floor.key(&mut self.handheld, "4")?;
        floor.scan(&mut self.handheld, raw)
    }

    fn full(&mut self, floor: &mut Floor) -> Result<(), Failure> {
        floor.key(&mut self.handheld, "F3")?;
        floor.key(&mut self.handheld, "F3").map(drop)
    }

    fn parcel_name(floor: &mut Floor, bench: &str, order: &str) -> String {
        let here = (bench.to_owned(), order.to_owned());
        if let Some(parcel) = floor.open_parcels.get(&here) {
            return parcel.clone();
        }
        let number = floor.parcels.entry(order.to_owned()).or_default();
        *number += 1;
        let name = format!("parcel:{order}-{number}");
        floor.open_parcels.insert(here, name.clone());
        name
    }

    /// Totes on her bench with pieces of an item: the tote, the goods as the world names them, how many.
    fn totes_with(&self, floor: &Floor, sku: &str) -> Vec<(String, String, i64)> {
        let mut found = Vec::new();
        for tote in floor.bench_totes(&self.handheld.code) {
            let inside =
                floor.world.contents(&tote).into_iter().filter(|(goods, n)| parts(goods).0 == sku && *n > 0);
            found.extend(inside.map(|(goods, n)| (tote.clone(), goods, n)));
        }
        found
    }

    fn move_in(
        &self,
        floor: &mut Floor,
        item: &str,
        mut count: i64,
        totes: &[(String, i64)],
        parcel: &str,
    ) -> Result<(), Failure> {
        for (tote, there) in totes {
            let n = count.min(*there);
            floor.world.go(&self.who.name, "pack", item, n, tote, parcel)?;
            count -= n;
        }
        Ok(())
    }

    /// Reads the scale: what is in the carton, the carton, and a little filling.
    fn weigh(&mut self, floor: &mut Floor, view: &serde_json::Value) -> Result<(), Failure> {
        let here = (self.handheld.code.clone(), text(view, "/order"));
        let parcel = floor.open_parcels.get(&here).cloned();
        let parcel = parcel.ok_or("a weight is asked for and nothing is in a carton")?;
        let goods: i64 = floor
            .world
            .contents(&parcel)
            .iter()
            .map(|(item, n)| floor.site.item(item).map_or(0, |item| item.weight_g) * n)
            .sum();
        let carton = floor.site.cartons.get(&text(view, "/carton")).copied().unwrap_or(0);
        let filling = i64::try_from(floor.luck.next() % 12).unwrap_or(0);
        let deaths = self.handheld.deaths;
        if !floor.key_number(&mut self.handheld, goods + carton + filling)? {
            if self.handheld.deaths > deaths {
                return Ok(());
            }
            return Err(
                format!("{} does not take the weight: {}", self.handheld.code, self.handheld.screen).into()
            );
        }
        floor.tally.sealed += 1;
        floor.open_parcels.remove(&here);
        self.sealed = Some(parcel);
        self.row = (String::new(), 0);
        Ok(())
    }

    fn stage(&mut self, floor: &mut Floor, view: &serde_json::Value) -> Result<(), Failure> {
        let (sscc, lane) = (text(view, "/sscc"), text(view, "/lane"));
        let raw = floor.site.location_label(&lane)?;
        if floor.scan(&mut self.handheld, &raw)? {
            if let Some(parcel) = self.sealed.take() {
                floor.labels.insert(sscc.clone(), parcel.clone());
                floor.staged.push((lane, sscc, parcel));
            }
        } else {
            self.handheld.look()?;
        }
        Ok(())
    }

    /// Puts one staged parcel on its vehicle, then hands the full vehicles over.
    pub fn load(&mut self, floor: &mut Floor) -> Result<(), Failure> {
        if let Some((lane, sscc, parcel)) = floor.staged.first().cloned() {
            let loaded = floor.scan(&mut self.handheld, &parcel_label(&sscc))?;
            if loaded {
                floor.staged.remove(0);
                floor.loaded.entry(lane).or_default().push(parcel);
                return Ok(());
            }
            // Another vehicle's manifest is on the screen: the parcel's own lane is chosen first.
            let raw = floor.site.location_label(&lane)?;
            floor.scan(&mut self.handheld, &raw)?;
            return Ok(());
        }
        let Some((lane, parcels)) = floor.loaded.pop_first() else {
            self.idle = true;
            return Ok(());
        };
        self.hand_over(floor, &lane, &parcels)
    }

    fn hand_over(&mut self, floor: &mut Floor, lane: &str, parcels: &[String]) -> Result<(), Failure> {
        for parcel in parcels {
            for (item, n) in floor.world.contents(parcel) {
                floor.world.go(&self.who.name, "hand over", &item, n, parcel, "virtual:carrier")?;
            }
        }
        let raw = floor.site.location_label(lane)?;
        loop {
            let deaths = self.handheld.deaths;
            floor.scan(&mut self.handheld, &raw)?;
            if floor.key(&mut self.handheld, "F1")? || floor.key(&mut self.handheld, "F1")? {
                floor.tally.manifests += 1;
                return Ok(());
            }
            if self.handheld.deaths == deaths {
                return Err(format!("the manifest of {lane} is not closed: {}", self.handheld.screen).into());
            }
        }
    }

    fn load_screen(&mut self, floor: &mut Floor, view: &serde_json::Value) -> Result<(), Failure> {
        if text(view, "/step") == "lane" {
            return self.stage(floor, view);
        }
        if !floor.lane.is_empty() {
            let tote = floor.lane[0].clone();
            return self.scan_tote(floor, &tote);
        }
        self.idle = true;
        self.handheld.look().map(drop)
    }
}
