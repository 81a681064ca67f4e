//! The scripted morning: set-up, work with its accidents, the vehicles, the reckoning.

use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{
    audit::{self, Reckoning},
    floor::{Floor, Tally, number, screen, text},
    lead::Lead,
    packer::Packer,
    picker::Picker,
    process::{Centre, Failure, Handheld, enrol, run_centre, set_up_centre},
    proxy::Proxy,
    site::{Luck, Person, Site},
    storm::Storm,
    torture::Torture,
    walks,
    world::World,
};

/// Rounds without any progress before the morning is called off.
const STUCK_ROUNDS: u32 = 400;
/// Rounds in which everybody is idle before the floor counts as done.
const QUIET_ROUNDS: u32 = 12;

pub struct Morning {
    home: PathBuf,
    pub(super) centre: Option<Centre>,
    pub(super) wifi: Vec<Proxy>,
    pub(super) floor: Floor,
    pub(super) pickers: Vec<Picker>,
    pub(super) packers: Vec<Packer>,
    pub(super) lead: Lead,
    shrunk: Vec<(String, String, i64)>,
    script: Script,
    pub(super) torture: Option<Torture>,
    bar: ProgressBar,
}

/// The accidents that the morning has in store, each once.
#[derive(Default)]
struct Script {
    undo: bool,
    cut: Option<usize>,
    reassigned: bool,
    picker_killed: bool,
    packer_killed: bool,
    centre_killed: bool,
}

/// Plays the morning and tells how it ended; true when everything holds.
pub fn play(orders: &Path, seed: u64, out: &Path, pictures: bool) -> Result<bool, Failure> {
    let mut morning = Morning::set_up(orders, seed, out, pictures, &Storm::new(seed))?;
    morning.work()?;
    morning.load()?;
    morning.finish(out)
}

impl Morning {
    /// The site, the goods, the centre and everybody at work.
    pub fn set_up(
        orders: &Path,
        seed: u64,
        out: &Path,
        pictures: bool,
        storm: &Storm,
    ) -> Result<Self, Failure> {
        let (home, site_folder) = set_up_centre(orders, seed, out)?;
        let site = Site::read(&site_folder)?;
        let mut luck = Luck::new(seed);
        let mut world = World::new(&out.join("physics.jsonl"))?;
        let shrunk = lay_out(&mut world, &site, &mut luck)?;
        let floor = Floor {
            world,
            free_totes: site.totes.clone(),
            orders: std::collections::BTreeMap::new(),
            site,
            luck,
            lane: Vec::new(),
            benches: std::collections::BTreeMap::new(),
            staged: Vec::new(),
            loaded: std::collections::BTreeMap::new(),
            parcels: std::collections::BTreeMap::new(),
            open_parcels: std::collections::BTreeMap::new(),
            labels: std::collections::BTreeMap::new(),
            tally: Tally::default(),
        };
        let centre = Centre::start(&home, "127.0.0.1:0")?;
        let bar = ProgressBar::new_spinner();
        bar.set_style(ProgressStyle::with_template("{elapsed_precise} {msg}")?);
        if !std::io::IsTerminal::is_terminal(&std::io::stderr()) {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let pictures = pictures.then(|| out.join("screens"));
        let mut wifi = Vec::new();
        let mut terminal = |code: &str, wide: bool| -> Result<Handheld, Failure> {
            let proxy = Proxy::start(centre.address, storm.clone())?;
            let url = format!("http://{}", proxy.address());
            wifi.push(proxy);
            let folder = enrol(&home, out, code, &url)?;
            Handheld::start(code, &folder, pictures.as_deref(), wide)
        };
        let of = |role: &str| -> Vec<Person> {
            floor.site.people.iter().filter(|p| p.role == role).cloned().collect()
        };
        let (pickers, packers, leads) = (of("picker"), of("packer"), of("lead"));
        let mut on_the_floor = Vec::new();
        for (n, who) in pickers.into_iter().take(3).enumerate() {
            let cart = floor.site.carts.get(n).cloned().ok_or("the site has too few carts")?;
            on_the_floor.push(Picker::new(terminal(&format!("H{}", n + 1), false)?, who, cart));
        }
        let mut benches = Vec::new();
        for (n, who) in packers.into_iter().take(2).enumerate() {
            benches.push(Packer::new(terminal(&format!("P{}", n + 1), n == 0)?, who));
        }
        let who = leads.into_iter().next().ok_or("the site has no lead")?;
        let lead = Lead::new(terminal("L1", false)?, who);
        let script = Script::default();
        Ok(Self {
            home,
            centre: Some(centre),
            wifi,
            floor,
            pickers: on_the_floor,
            packers: benches,
            lead,
            shrunk,
            script,
            torture: None,
            bar,
        })
    }

    /// Everybody works until nothing is left to do on the floor.
    pub fn work(&mut self) -> Result<(), Failure> {
        let (mut quiet, mut stuck, mut moves) = (0, 0, 0);
        for round in 0u64.. {
            for picker in &mut self.pickers {
                picker.act(&mut self.floor)?;
            }
            for packer in &mut self.packers {
                packer.act(&mut self.floor)?;
            }
            self.lead.act(&mut self.floor)?;
            self.accidents(round)?;
            self.tell(round);
            let idle = self.pickers.iter().all(|p| p.idle)
                && self.packers.iter().all(|p| p.idle)
                && self.lead.idle
                && self.script.cut.is_none();
            quiet = if idle { quiet + 1 } else { 0 };
            stuck = if self.floor.world.moves() == moves { stuck + 1 } else { 0 };
            moves = self.floor.world.moves();
            if quiet >= QUIET_ROUNDS {
                if self.is_calm()? {
                    return Ok(());
                }
                quiet = 0;
            }
            if stuck >= STUCK_ROUNDS {
                return Err(self.stuck().into());
            }
        }
        Ok(())
    }

    fn stuck(&self) -> String {
        let see = |code: &str, answer: &serde_json::Value| {
            format!(
                "{code}: {} {} {}",
                screen(answer),
                text(&answer["view"], "/step"),
                answer["view"]["banner"]
            )
        };
        let mut told = vec!["nothing moves any more".to_owned()];
        told.extend(self.pickers.iter().map(|p| see(&p.handheld.code, &p.handheld.screen)));
        told.extend(self.packers.iter().map(|p| see(&p.handheld.code, &p.handheld.screen)));
        told.push(see("L1", &self.lead.handheld.screen));
        told.push(format!("totes in the lane: {:?}", self.floor.lane));
        told.join("\n")
    }

    /// What goes wrong on this morning, when its time has come.
    fn accidents(&mut self, round: u64) -> Result<(), Failure> {
        if self.torture.is_some() {
            return self.torment();
        }
        if !self.script.undo && round > 30 {
            self.script.undo = true;
            self.pickers[0].undo_due = true;
        }
        if !self.script.picker_killed && round > 60 && in_mid_line(&self.pickers[2]) {
            self.script.picker_killed = true;
            self.kill_picker(2)?;
        }
        if self.script.cut.is_none() && !self.script.reassigned && round > 90 && on_a_run(&self.pickers[1]) {
            self.wifi[1].set_cut(true);
            self.script.cut = Some(0);
        }
        if let Some(rounds) = self.script.cut {
            self.script.cut = Some(rounds + 1);
            self.offline(rounds)?;
        }
        if !self.script.packer_killed && round > 140 && screen(&self.packers[1].handheld.screen) == "pack" {
            self.script.packer_killed = true;
            self.packers[1].handheld.kill_and_restart()?;
            self.floor.tally.killed += 1;
        }
        if !self.script.centre_killed && round > 180 && self.script.cut.is_none() {
            self.script.centre_killed = true;
            self.kill_centre()?;
        }
        Ok(())
    }

    /// The terminal dies in mid-line and must come back to the same line and quantity.
    fn kill_picker(&mut self, which: usize) -> Result<(), Failure> {
        let handheld = &mut self.pickers[which].handheld;
        let at = |answer: &serde_json::Value| {
            let view = &answer["view"];
            (
                text(view, "/place/code"),
                text(view, "/item/code"),
                number(view, "/in_hand"),
                text(view, "/step"),
            )
        };
        let before = at(&handheld.screen);
        handheld.kill_and_restart()?;
        self.floor.tally.killed += 1;
        let after = at(&handheld.screen);
        if before == after {
            return Ok(());
        }
        Err(format!("{} came back to {after:?}, it was at {before:?}", handheld.code).into())
    }

    /// While a picker is offline, the lead hands on what remains of her run; later the network is back.
    fn offline(&mut self, rounds: usize) -> Result<(), Failure> {
        if rounds == 4 && !self.script.reassigned {
            self.script.reassigned = true;
            let (cart, to) = (self.pickers[1].cart.clone(), self.pickers[0].who.clone());
            self.lead.reassign(&mut self.floor, &cart, &to)?;
        }
        if rounds == 40 {
            let unsent = number(&self.pickers[1].handheld.screen["view"], "/frame/unsent");
            self.bar
                .println(format!("H2 worked offline: {unsent} operations saved on it, none at the centre"));
            self.wifi[1].set_cut(false);
            self.script.cut = None;
        }
        Ok(())
    }

    fn kill_centre(&mut self) -> Result<(), Failure> {
        if let Some(address) = self.cut_centre()? {
            for picker in &mut self.pickers {
                picker.act(&mut self.floor)?;
            }
            self.start_centre(&address)?;
        }
        Ok(())
    }

    /// The centre loses power; gives where it listened, if it ran.
    pub fn cut_centre(&mut self) -> Result<Option<String>, Failure> {
        let Some(centre) = self.centre.take() else { return Ok(None) };
        let address = centre.address.to_string();
        centre.kill()?;
        self.floor.tally.centre_killed += 1;
        Ok(Some(address))
    }

    /// The centre comes back.
    pub fn start_centre(&mut self, address: &str) -> Result<(), Failure> {
        let centre = Centre::start(&self.home, address)?;
        for proxy in &self.wifi {
            proxy.retarget(centre.address);
        }
        self.centre = Some(centre);
        Ok(())
    }

    fn tell(&self, round: u64) {
        let told = format!(
            "{} moves of goods, {} parcels, {} totes in the lane, {} shorts",
            self.floor.world.moves(),
            self.floor.tally.sealed,
            self.floor.lane.len(),
            self.floor.tally.shorts
        );
        if self.bar.is_hidden() && round.is_multiple_of(200) {
            println!("round {round}: {told}");
        }
        self.bar.set_message(told);
        self.bar.tick();
    }

    /// The vehicles come: a packer loads them and hands the manifests over.
    pub fn load(&mut self) -> Result<(), Failure> {
        for _ in 0..10_000 {
            let packer = &mut self.packers[0];
            packer.idle = false;
            packer.load(&mut self.floor)?;
            if packer.idle {
                break;
            }
        }
        self.wait_until_sent()
    }

    /// Every terminal tells all it has, and the centre answers.
    pub fn wait_until_sent(&mut self) -> Result<(), Failure> {
        for _ in 0..2_000 {
            let mut open = 0;
            for handheld in self.handhelds() {
                let answer = handheld.look()?;
                open += number(&answer["view"], "/frame/unsent") + number(&answer["view"], "/frame/asked");
            }
            if open == 0 {
                return Ok(());
            }
        }
        Err("some operations do not reach the centre".into())
    }

    /// Every terminal.
    pub fn handhelds(&mut self) -> impl Iterator<Item = &mut Handheld> {
        let pickers = self.pickers.iter_mut().map(|p| &mut p.handheld);
        let packers = self.packers.iter_mut().map(|p| &mut p.handheld);
        pickers.chain(packers).chain(std::iter::once(&mut self.lead.handheld))
    }

    /// Everybody goes home; the goods are counted.
    pub fn finish(self, out: &Path) -> Result<bool, Failure> {
        self.bar.finish_and_clear();
        let mut written = Vec::new();
        for handheld in self.pickers.into_iter().map(|p| p.handheld) {
            handheld.stop()?;
        }
        for handheld in self.packers.into_iter().map(|p| p.handheld) {
            written.push(handheld.home().join("out"));
            handheld.stop()?;
        }
        self.lead.handheld.stop()?;
        if let Some(centre) = self.centre {
            centre.kill()?;
        }
        let proof = run_centre(&self.home, &["verify"]);
        let (database, physics) = (self.home.join("centre.db"), out.join("physics.jsonl"));
        let told = audit::reckon(&database, &physics, &self.shrunk, &self.floor.labels)?;
        report(&told, &self.floor.tally, out, &written);
        for line in walks::told(&self.home)? {
            println!("{line}");
        }
        let invariants = match &proof {
            Ok(told) => {
                print!("{told}");
                "hold"
            }
            Err(error) => {
                println!("{error}");
                "broken"
            }
        };
        let holds =
            proof.is_ok() && told.lost == 0 && told.unexplained.is_empty() && told.open_exceptions == 0;
        println!(
            "demo: orders={} shipped={} parked={} exceptions={} lost={} invariants={invariants}",
            told.orders,
            told.shipped,
            told.parked.len(),
            told.exceptions,
            told.lost
        );
        Ok(holds)
    }
}

/// Puts the goods where the book has them; then, unseen by anybody, some of them are gone.
fn lay_out(world: &mut World, site: &Site, luck: &mut Luck) -> Result<Vec<(String, String, i64)>, Failure> {
    let mut shrunk = Vec::new();
    for (item, location, quantity) in &site.stock {
        let place = format!("loc:{location}");
        world.place(item, &place, *quantity)?;
        if *quantity > 0 && luck.once_in(30) {
            let missing = (quantity / 2).max(1) + i64::try_from(luck.next() % 2).unwrap_or(0);
            let missing = missing.min(*quantity);
            world.go("nobody", "gone", item, missing, &place, "virtual:loss")?;
            shrunk.push((item.clone(), place, missing));
        }
    }
    Ok(shrunk)
}

fn in_mid_line(picker: &Picker) -> bool {
    let view = &picker.handheld.screen["view"];
    screen(&picker.handheld.screen) == "pick" && text(view, "/step") == "item" && number(view, "/in_hand") > 0
}

fn on_a_run(picker: &Picker) -> bool {
    let view = &picker.handheld.screen["view"];
    screen(&picker.handheld.screen) == "pick" && number(view, "/stops_left") > 6
}

fn report(told: &Reckoning, tally: &Tally, out: &Path, written: &[PathBuf]) {
    for (order, why) in &told.parked {
        println!("parked {order}: {why}");
    }
    for order in &told.waiting {
        println!("waits for stock: {order}");
    }
    for line in told.unexplained.iter().chain(&told.differences) {
        println!("WRONG {line}");
    }
    println!(
        "wrong scans made={} refused={}; stood elsewhere={}; shorts={} undone={} reassigned={} \
         terminals killed={} centre killed={}",
        tally.wrong_made,
        tally.wrong_refused,
        tally.elsewhere,
        tally.shorts,
        tally.undone,
        tally.reassigned,
        tally.killed,
        tally.centre_killed
    );
    println!("refusals nobody meant to provoke: {:?}", tally.refusals);
    println!("cues heard: {:?}", tally.cues);
    println!(
        "parcels sealed={} manifests closed={} exceptions settled={} open={} missing pieces nobody came upon={}",
        tally.sealed, tally.manifests, tally.settled, told.open_exceptions, told.undiscovered
    );
    println!("scans of lots at the shelves={}, of another lot, refused={}", tally.of_lots, tally.wrong_lots);
    println!("cases scanned at the shelves={} at the benches={}", tally.cases_picked, tally.cases_packed);
    println!("goods as they moved: {}", out.join("physics.jsonl").display());
    println!("screens: {}", out.join("screens").display());
    for folder in written {
        println!("labels, slips and manifests: {}", folder.display());
    }
}
