//! The shift lead: hands work on, settles exceptions with the remedy that fits.

use aisle_core::code::house::Kind;
use serde_json::Value;

use super::{
    floor::{Floor, number, screen, text},
    process::{Failure, Handheld},
    site::{Person, goods, label},
};

/// The lead with her desk.
pub struct Lead {
    /// Her terminal.
    pub handheld: Handheld,
    /// Who she is.
    pub who: Person,
    /// Nothing needs her.
    pub idle: bool,
    /// Exceptions for which the first remedy did not work.
    tried: Vec<String>,
    /// Exceptions whose pieces she put back.
    put_back: Vec<String>,
}

impl Lead {
    /// Signed off.
    pub const fn new(handheld: Handheld, who: Person) -> Self {
        Self { handheld, who, idle: false, tried: Vec::new(), put_back: Vec::new() }
    }

    /// One thing.
    pub fn act(&mut self, floor: &mut Floor) -> Result<(), Failure> {
        self.idle = false;
        let view = self.handheld.screen["view"].clone();
        match screen(&self.handheld.screen) {
            "sign_on" => floor.sign_on(&mut self.handheld, &self.who.badge, &self.who.pin),
            "trouble" => self.trouble(floor, &view),
            _ => floor.key(&mut self.handheld, ".").map(drop),
        }
    }

    /// Settles what is on the plate.
    fn trouble(&mut self, floor: &mut Floor, view: &Value) -> Result<(), Failure> {
        let rows = view["rows"].as_array().cloned().unwrap_or_default();
        let open = usize::try_from(number(view, "/open")).unwrap_or(0);
        let Some(row) = rows.get(open).or_else(|| rows.first()) else {
            self.idle = true;
            return self.handheld.look().map(drop);
        };
        let id = text(row, "/id");
        let remedies: Vec<String> = row["remedies"]
            .as_array()
            .map(|all| all.iter().filter_map(|r| r.as_str().map(str::to_owned)).collect())
            .unwrap_or_default();
        let times = self.tried.iter().filter(|other| **other == id).count();
        let wanted = match (remedies.first().map(String::as_str), times) {
            (Some("pick_elsewhere"), 1..) => "backorder",
            (Some(first), _) => first,
            (None, _) => return Err(format!("an exception without a remedy: {row}").into()),
        };
        let at = remedies.iter().position(|r| r == wanted).unwrap_or(0);
        if wanted == "put_back" && !self.put_back.contains(&id) {
            self.put_back(floor, row)?;
            self.put_back.push(id.clone());
        }
        self.tried.push(id);
        floor.tally.settled += 1;
        let key = ["1", "2", "F3"].get(at).copied().unwrap_or("1");
        floor.key(&mut self.handheld, key)?;
        self.handheld.look().map(drop)
    }

    /// Walks there and puts the pieces too many back.
    fn put_back(&self, floor: &mut Floor, row: &Value) -> Result<(), Failure> {
        let item = goods(&text(row, "/item/code"), &text(row, "/item/lot"));
        let place = text(row, "/place");
        let (order, count) = (text(row, "/order"), number(row, "/count"));
        let to = format!("loc:{place}");
        let mut totes = floor.all_totes();
        totes.retain(|tote| floor.world.at(&item, tote) >= count);
        // What is too many of an order lies in one of that order's totes.
        let of_order = totes.iter().find(|tote| floor.orders.get(*tote) == Some(&order)).cloned();
        let from = of_order.or_else(|| totes.into_iter().next());
        let from = from.ok_or_else(|| format!("{count} of {item} too many, of order {order}, in no tote"))?;
        floor.world.go(&self.who.name, "put back", &item, count, &from, &to)?;
        Ok(())
    }

    /// Hands what remains of the run on a cart to somebody else: three actions.
    pub fn reassign(&mut self, floor: &mut Floor, cart: &str, to: &Person) -> Result<bool, Failure> {
        for _ in 0..3 {
            if screen(&self.handheld.screen) == "trouble" {
                break;
            }
            floor.key(&mut self.handheld, ".")?;
        }
        self.handheld.look()?;
        if !floor.scan(&mut self.handheld, &label(Kind::Cart, cart)?)? {
            return Ok(false);
        }
        let asked = floor.scan(&mut self.handheld, &label(Kind::Badge, &to.badge)?)?;
        if asked {
            floor.tally.reassigned += 1;
        }
        Ok(asked)
    }
}
