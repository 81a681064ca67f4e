//! A picker: reads her screen, walks, takes, and only then scans.

use aisle_core::code::house::Kind;

use super::{
    floor::{Floor, flag, number, screen, text},
    process::{Failure, Handheld},
    site::{Person, goods, label, parts},
};

/// How much goes into a tote before she takes another, in millilitres: a 600 × 400 × 300 mm tote, filled
/// with some air.
const TOTE_ML: i64 = 50_000;

/// What a stop is for, as the world names it: the item, and its lot where one is wanted.
fn goods_of(view: &serde_json::Value) -> String {
    goods(&text(view, "/item/code"), &text(view, "/item/lot"))
}

/// One picker with her terminal and cart.
pub struct Picker {
    /// Her terminal.
    pub handheld: Handheld,
    /// Who she is.
    pub who: Person,
    /// Her cart.
    pub cart: String,
    /// She has nothing to do.
    pub idle: bool,
    /// Take the next pick back, once.
    pub undo_due: bool,
    /// Where she stands.
    place: String,
    /// The tote that takes the pieces of this stop without a scan, where there is one.
    known_tote: Option<String>,
    /// Turns since she last made a mistake.
    careful: u32,
}

impl Picker {
    /// Signed off, with a cart of her own.
    pub const fn new(handheld: Handheld, who: Person, cart: String) -> Self {
        Self {
            handheld,
            who,
            cart,
            idle: false,
            undo_due: false,
            place: String::new(),
            known_tote: None,
            careful: 0,
        }
    }

    fn cart_place(&self) -> String {
        format!("cart:{}", self.cart)
    }

    /// One thing.
    pub fn act(&mut self, floor: &mut Floor) -> Result<(), Failure> {
        self.careful += 1;
        self.idle = false;
        match screen(&self.handheld.screen) {
            "sign_on" => floor.sign_on(&mut self.handheld, &self.who.badge, &self.who.pin),
            "nothing" => {
                self.idle = true;
                self.handheld.look().map(drop)
            }
            "my_work" => self.take_cart(floor),
            "cart" => self.set_tote(floor),
            "pick" => self.pick(floor),
            "short" => self.short(floor),
            "drop" => self.drop_totes(floor),
            "tote" => floor.key(&mut self.handheld, "F3").map(drop),
            _ => floor.key(&mut self.handheld, ".").map(drop),
        }
    }

    fn take_cart(&mut self, floor: &mut Floor) -> Result<(), Failure> {
        let cart = label(Kind::Cart, &self.cart)?;
        floor.scan(&mut self.handheld, &cart).map(drop)
    }

    fn set_tote(&mut self, floor: &mut Floor) -> Result<(), Failure> {
        if self.handheld.screen["view"]["next"].is_null() {
            return floor.key(&mut self.handheld, "*").map(drop);
        }
        let Some(tote) = floor.free_totes.pop() else {
            return floor.key(&mut self.handheld, "*").map(drop);
        };
        if !floor.scan(&mut self.handheld, &label(Kind::Tote, &tote)?)? {
            floor.free_totes.insert(0, tote);
        }
        Ok(())
    }

    fn pick(&mut self, floor: &mut Floor) -> Result<(), Failure> {
        let view = self.handheld.screen["view"].clone();
        match text(&view, "/step").as_str() {
            "place" => self.go_to(floor, &text(&view, "/place/code")),
            "item" => self.take(floor, &view),
            "tote" => self.put(floor, &view),
            _ => self.next_tote(floor),
        }
    }

    fn go_to(&mut self, floor: &mut Floor, place: &str) -> Result<(), Failure> {
        if self.careful > 12 && floor.luck.once_in(6) {
            self.careful = 0;
            let others: Vec<String> =
                floor.site.of_usage("pick_face").iter().map(|code| (*code).to_owned()).collect();
            if let Some(other) = floor.luck.pick(&others).filter(|other| *other != place)
                && floor.other_place(&mut self.handheld, other)?
            {
                return Ok(());
            }
        }
        let view = self.handheld.screen["view"].clone();
        if number(&view, "/take") == 0 && flag(&view, "/into/known") {
            self.straight_into_tote(floor, &view, &goods_of(&view))?;
        }
        let raw = floor.site.location_label(place)?;
        floor.scan(&mut self.handheld, &raw).map(drop)
    }

    /// Takes what is there, by the screen; tells what is in her hand and not told yet.
    fn take(&mut self, floor: &mut Floor, view: &serde_json::Value) -> Result<(), Failure> {
        let (item, place) = (goods_of(view), text(view, "/place/code"));
        let at = format!("loc:{place}");
        self.place.clone_from(&place);
        let tote = format!("tote:{}", text(view, "/into/tote"));
        floor.orders.insert(tote.clone(), text(view, "/into/order"));
        self.known_tote = flag(view, "/into/known").then_some(tote);
        let left = number(view, "/take");
        let in_hand = number(view, "/in_hand");
        if self.careful > 10 && floor.luck.once_in(8) {
            self.careful = 0;
            return self.wrong_item(floor, &item, &place);
        }
        let untold = (floor.world.at(&item, &self.cart_place()) - in_hand).max(0);
        let there = floor.world.at(&item, &at);
        if untold == 0 && there == 0 {
            return floor.key(&mut self.handheld, "*").map(drop);
        }
        if untold == 0 && self.take_case(floor, view, there)? {
            return Ok(());
        }
        let known = flag(view, "/into/known");
        let (who, cart) = (self.who.name.clone(), self.cart_place());
        let more = (left - untold).min(there).max(0);
        let completes = untold + more == left;
        let each = flag(view, "/scan_each");
        let first = if untold > 0 { 0 } else { 1.min(more) };
        floor.world.go(&who, "pick", &item, first, &at, &cart)?;
        if each || untold + more == 1 {
            self.wrong_lots(floor, &item, &at)?;
            if known && (left == 1) {
                self.straight_into_tote(floor, view, &item)?;
            }
            if !self.scan_piece(floor, &item)? {
                // Not wanted any more, or not on the screen: what she just took goes back.
                let lies = self.lies(view, known && left == 1);
                return Ok(floor.world.go(&who, "put back", &item, first, &lies, &at)?);
            }
            return self.maybe_undo(floor, &item, &at);
        }
        self.wrong_lots(floor, &item, &at)?;
        if !self.scan_piece(floor, &item)? {
            return Ok(floor.world.go(&who, "put back", &item, first, &cart, &at)?);
        }
        floor.world.go(&who, "pick", &item, more - first, &at, &cart)?;
        if known && completes {
            self.straight_into_tote(floor, view, &item)?;
        }
        if floor.key_number(&mut self.handheld, in_hand + untold + more)? {
            return Ok(());
        }
        // The line shrank while she took: the pieces that were not counted go back to the shelf.
        let lies = self.lies(view, known && completes);
        Ok(floor.world.go(&who, "put back", &item, more - first, &lies, &at)?)
    }

    /// Scans a piece. Of one that is kept by lot she scans the retail barcode now and then: the terminal must ask for
    /// the lot, which she then scans alone.
    fn scan_piece(&mut self, floor: &mut Floor, goods: &str) -> Result<bool, Failure> {
        let (sku, lot) = parts(goods);
        floor.tally.of_lots += u64::from(!lot.is_empty());
        if lot.is_empty() || !floor.luck.once_in(4) {
            let raw = floor.site.piece_label(goods);
            return floor.scan(&mut self.handheld, &raw);
        }
        let raw = floor.site.piece_label(sku);
        floor.wrong_scan(&mut self.handheld, &raw)?;
        floor.scan(&mut self.handheld, format!("]C110{lot}").as_bytes())
    }

    /// Where another lot of the item lies beside the one that is wanted, she scans that one now and then: the terminal
    /// must not count it.
    fn wrong_lots(&mut self, floor: &mut Floor, goods: &str, at: &str) -> Result<(), Failure> {
        let (sku, lot) = parts(goods);
        if lot.is_empty() || !floor.luck.once_in(2) {
            return Ok(());
        }
        let others: Vec<String> = floor.world.contents(at).into_iter().map(|(other, _)| other).collect();
        match others.into_iter().find(|other| parts(other).0 == sku && other != goods) {
            Some(other) => {
                floor.tally.wrong_lots += 1;
                let raw = floor.site.piece_label(&other);
                floor.wrong_scan(&mut self.handheld, &raw)
            }
            None => Ok(()),
        }
    }

    /// Takes a whole case and scans it once, where one is there and the stop wants as many as it holds. Where it
    /// wants fewer she scans one all the same, now and then: the terminal must not count it.
    fn take_case(
        &mut self,
        floor: &mut Floor,
        view: &serde_json::Value,
        there: i64,
    ) -> Result<bool, Failure> {
        let (item, place) = (goods_of(view), format!("loc:{}", text(view, "/place/code")));
        let (left, known) = (number(view, "/take"), flag(view, "/into/known"));
        let (raw, holds) = (floor.site.case_label(&item), floor.site.case(&item));
        if holds == 0 || there < holds {
            return Ok(false);
        }
        if left < holds {
            if self.careful > 6 && floor.luck.once_in(2) {
                self.careful = 0;
                floor.wrong_scan(&mut self.handheld, &raw)?;
            }
            return Ok(false);
        }
        let (who, cart) = (self.who.name.clone(), self.cart_place());
        floor.world.go(&who, "pick", &item, holds, &place, &cart)?;
        if known && left == holds {
            self.straight_into_tote(floor, view, &item)?;
        }
        if floor.scan(&mut self.handheld, &raw)? {
            floor.tally.cases_picked += 1;
            return Ok(true);
        }
        // Not wanted any more: the case goes back.
        let lies = self.lies(view, known && left == holds);
        floor.world.go(&who, "put back", &item, holds, &lies, &place)?;
        Ok(true)
    }

    /// Where pieces lie that she took: on her cart, or in the tote that they went straight into.
    fn lies(&self, view: &serde_json::Value, in_tote: bool) -> String {
        if in_tote { format!("tote:{}", text(view, "/into/tote")) } else { self.cart_place() }
    }

    /// Where the tote is known already, the last piece closes the line: it goes straight in.
    fn straight_into_tote(
        &self,
        floor: &mut Floor,
        view: &serde_json::Value,
        item: &str,
    ) -> Result<(), Failure> {
        let n = floor.world.at(item, &self.cart_place());
        floor.world.go(&self.who.name, "put", item, n, &self.cart_place(), &self.lies(view, true))?;
        Ok(())
    }

    fn maybe_undo(&mut self, floor: &mut Floor, item: &str, at: &str) -> Result<(), Failure> {
        let on_item = goods_of(&self.handheld.screen["view"]) == item
            && screen(&self.handheld.screen) == "pick"
            && number(&self.handheld.screen["view"], "/in_hand") > 0;
        if !self.undo_due || !on_item {
            return Ok(());
        }
        self.undo_due = false;
        floor.world.go(&self.who.name, "put back", item, 1, &self.cart_place(), at)?;
        if floor.key(&mut self.handheld, ".")? {
            floor.tally.undone += 1;
            return Ok(());
        }
        // It was not taken back: the piece goes on.
        floor.world.go(&self.who.name, "pick", item, 1, at, &self.cart_place())?;
        Ok(())
    }

    fn wrong_item(&mut self, floor: &mut Floor, item: &str, place: &str) -> Result<(), Failure> {
        let at = format!("loc:{place}");
        let here: Vec<String> = floor.world.contents(&at).into_iter().map(|(item, _)| item).collect();
        let others: Vec<String> = floor
            .site
            .items
            .keys()
            .filter(|other| *other != parts(item).0 && !here.iter().any(|goods| parts(goods).0 == *other))
            .cloned()
            .collect();
        match floor.luck.pick(&others) {
            Some(other) => {
                let raw = floor.site.piece_label(other);
                floor.wrong_scan(&mut self.handheld, &raw)
            }
            None => Ok(()),
        }
    }

    fn put(&mut self, floor: &mut Floor, view: &serde_json::Value) -> Result<(), Failure> {
        let item = goods_of(view);
        let tote = text(view, "/into/tote");
        if tote.is_empty() {
            return self.next_tote(floor);
        }
        let at = format!("tote:{tote}");
        let inside: i64 = floor
            .world
            .contents(&at)
            .iter()
            .map(|(item, n)| floor.site.item(item).map_or(0, |item| item.volume_ml) * n)
            .sum();
        // What is in it already, for her terminal died over the scan, stays in it.
        let n = floor.world.at(&item, &self.cart_place());
        if n > 0 && inside > TOTE_ML && !floor.free_totes.is_empty() {
            return floor.key(&mut self.handheld, "F3").map(drop);
        }
        if self.careful > 10 && floor.luck.once_in(10) && !floor.free_totes.is_empty() {
            self.careful = 0;
            let stranger = floor.free_totes[0].clone();
            floor.wrong_scan(&mut self.handheld, &label(Kind::Tote, &stranger)?)?;
        }
        floor.world.go(&self.who.name, "put", &item, n, &self.cart_place(), &at)?;
        floor.scan(&mut self.handheld, &label(Kind::Tote, &tote)?).map(drop)
    }

    /// A slot waits for a tote. A tote that was full goes beside the others on the cart.
    fn next_tote(&mut self, floor: &mut Floor) -> Result<(), Failure> {
        let Some(tote) = floor.free_totes.pop() else {
            return self.handheld.look().map(drop);
        };
        let view = self.handheld.screen["view"].clone();
        let item = goods_of(&view);
        let n = floor.world.at(&item, &self.cart_place());
        if number(&view, "/take") == 0 {
            let at = format!("tote:{tote}");
            floor.orders.insert(at.clone(), text(&view, "/into/order"));
            floor.world.go(&self.who.name, "put", &item, n, &self.cart_place(), &at)?;
        }
        if !floor.scan(&mut self.handheld, &label(Kind::Tote, &tote)?)? && self.handheld.died() {
            // The goods are in this tote: she scans it again.
            floor.free_totes.push(tote);
        }
        Ok(())
    }

    fn short(&mut self, floor: &mut Floor) -> Result<(), Failure> {
        floor.tally.shorts += 1;
        let item = goods_of(&self.handheld.screen["view"]);
        if let Some(tote) = self.known_tote.clone() {
            // The only tote there is takes what was found: with the short, the line is closed.
            let n = floor.world.at(&item, &self.cart_place());
            floor.world.go(&self.who.name, "put", &item, n, &self.cart_place(), &tote)?;
        }
        floor.key(&mut self.handheld, "F1").map(drop)
    }

    fn drop_totes(&mut self, floor: &mut Floor) -> Result<(), Failure> {
        let view = self.handheld.screen["view"].clone();
        let waiting = view["totes"].as_array().cloned().unwrap_or_default();
        let next = waiting.iter().find(|tote| !flag(tote, "/dropped")).map(|tote| text(tote, "/id"));
        if text(&view, "/lane").is_empty() || next.is_none() {
            let lane = floor.site.of_usage("packing").first().map(|code| (*code).to_owned());
            let lane = lane.ok_or("the site has no packing lane")?;
            let raw = floor.site.location_label(&lane)?;
            return floor.scan(&mut self.handheld, &raw).map(drop);
        }
        let tote = next.unwrap_or_default();
        if floor.scan(&mut self.handheld, &label(Kind::Tote, &tote)?)? {
            floor.lane.push(tote);
        }
        Ok(())
    }
}
