//! The walks of the morning: what was planned against what a plain system would walk on the same picks, and what
//! was walked against what was planned.

use std::path::Path;

use aisle_core::{
    id::Mint,
    task::state::{ListState, PickList},
    time::Millis,
};
use aisle_oms::{
    context::Context,
    settings::Settings,
    store::{Store, sqlite::Sqlite},
    work::compare::{self, Rounds, Walks},
};

use super::process::Failure;

/// Reads the centre's database and tells the walks, one line each.
pub fn told(home: &Path) -> Result<Vec<String>, Failure> {
    let settings = Settings::read(&std::fs::read_to_string(home.join("aisle-oms.toml"))?)?;
    let mut store = Sqlite::open(&home.join("centre.db"), [0; 16])?;
    let mut mint = Mint::new([0; 32]);
    let (walks, lists) = store.transact(|tx| {
        let context = Context { now: Millis(0), settings: &settings, mint: &mut mint };
        let walks = compare::walks(tx, &context)?;
        Ok::<_, aisle_oms::store::StoreError>((walks, tx.all::<PickList>()?))
    })?;
    let mut lines: Vec<String> = walks.iter().flat_map(planned).collect();
    lines.push(walked(&lists));
    Ok(lines)
}

fn metres(mm: u64) -> u64 {
    (mm + 500) / 1_000
}

fn planned(walks: &Walks) -> Vec<String> {
    let less = |other: Rounds| {
        let permille = walks.saved_permille(other);
        let (sign, permille) = (if permille < 0 { "-" } else { "" }, permille.abs());
        format!("{sign}{}.{} % less", permille / 10, permille % 10)
    };
    let by = |name: &str, other: Rounds| {
        format!("  {name}: {} m on {} rounds: {}", metres(other.length_mm), other.rounds, less(other))
    };
    vec![
        format!(
            "walk planned for {} picks of {} orders: {} m on {} rounds, against the same picks",
            walks.picks,
            walks.orders,
            metres(walks.planned.length_mm),
            walks.planned.rounds
        ),
        by("on carts as the orders came, by a fixed serpentine", walks.serpentine),
        by("on carts as the orders came, by the names of bins", walks.alphanumeric),
        by("on the planned carts, by a fixed serpentine (the order of stops alone)", walks.carts_by_sequence),
    ]
}

/// Of lists that were walked to their end.
fn walked(lists: &[PickList]) -> String {
    let over: Vec<&PickList> = lists
        .iter()
        .filter(|list| list.state == ListState::Closed && !list.walked.is_none() && list.walk_mm > 0)
        .collect();
    let predicted: u64 = over.iter().map(|list| list.walk_mm).sum();
    let walked: u64 = over.iter().map(|list| list.walked.mm).sum();
    format!(
        "walked along confirmed stops on {} finished lists: {} m, predicted {} m",
        over.len(),
        metres(walked),
        metres(predicted)
    )
}
