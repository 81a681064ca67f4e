//! Mornings under torture: everything that may break breaks, again and again, until the goods are counted.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use super::{
    floor::screen,
    morning::Morning,
    process::Failure,
    site::Luck,
    storm::{Storm, Torment},
};

/// One input in so many is the last in the life of a picker's or packer's terminal.
const DEADLY: u64 = 35;

/// What is done to one morning.
pub struct Torture {
    storm: Storm,
    luck: Luck,
    until: Instant,
    /// Where the centre listened that is without power, and the rounds until it comes back.
    down: Option<(String, u64)>,
    /// The terminal that is out of reach, and the rounds until it is back.
    away: Option<(usize, u64)>,
    over: bool,
}

/// What was done, over all mornings.
#[derive(Default)]
struct Tally {
    days: u32,
    deaths: u64,
    unheard: u64,
    centre: u64,
    broken: u64,
}

/// Plays mornings until so many minutes are over, each with another seed; true when every one of them holds. A
/// terminal that comes back without something it had confirmed ends it at once, with an error.
#[expect(clippy::disallowed_methods, reason = "mornings follow each other for so many minutes of the day")]
pub fn play(orders: &Path, seed: u64, out: &Path, minutes: f64) -> Result<bool, Failure> {
    let began = Instant::now();
    let until = began + Duration::try_from_secs_f64(minutes * 60.0)?;
    let (mut tally, mut holds) = (Tally::default(), true);
    while tally.days == 0 || (holds && Instant::now() < until) {
        let seed = seed + u64::from(tally.days);
        tally.days += 1;
        println!("day {}, seed {seed}", tally.days);
        let folder = out.join(format!("day-{}", tally.days));
        let storm = Storm::new(seed);
        let mut morning = Morning::set_up(orders, seed, &folder, false, &storm)?;
        morning.begin(&storm, seed, until);
        morning.work()?;
        morning.load()?;
        for handheld in morning.handhelds() {
            tally.deaths += handheld.deaths;
            tally.unheard += handheld.unheard;
        }
        tally.centre += morning.floor.tally.centre_killed;
        tally.broken += storm.broken();
        holds &= morning.finish(&folder)?;
    }
    println!(
        "torture: days={} minutes={:.1} terminals_killed={} recorded_unheard={} centre_killed={} \
         connections_broken={} goods={}",
        tally.days,
        began.elapsed().as_secs_f64() / 60.0,
        tally.deaths,
        tally.unheard,
        tally.centre,
        tally.broken,
        if holds { "hold" } else { "broken" }
    );
    Ok(holds)
}

impl Morning {
    fn begin(&mut self, storm: &Storm, seed: u64, until: Instant) {
        for (n, handheld) in (1u64..).zip(self.handhelds()) {
            handheld.torment = Some(Torment::new(seed.wrapping_mul(1_000).wrapping_add(n), DEADLY));
        }
        storm.set_blows(true);
        let luck = Luck::new(seed ^ 0x7075_7272);
        let storm = storm.clone();
        self.torture = Some(Torture { storm, luck, until, down: None, away: None, over: false });
    }

    /// What goes wrong in this round.
    pub(super) fn torment(&mut self) -> Result<(), Failure> {
        let Some(mut torture) = self.torture.take() else { return Ok(()) };
        let done = self.torment_with(&mut torture);
        self.torture = Some(torture);
        done
    }

    #[expect(clippy::disallowed_methods, reason = "the time to relent is a time of the day")]
    fn torment_with(&mut self, torture: &mut Torture) -> Result<(), Failure> {
        match &mut torture.down {
            Some((_, rounds @ 1..)) => *rounds -= 1,
            Some((address, _)) => {
                self.start_centre(address)?;
                torture.down = None;
            }
            None => {}
        }
        match &mut torture.away {
            Some((_, rounds @ 1..)) => *rounds -= 1,
            Some((which, _)) => {
                self.wifi[*which].set_cut(false);
                torture.away = None;
            }
            None => {}
        }
        if torture.over {
            return Ok(());
        }
        if Instant::now() >= torture.until {
            return self.relent(torture);
        }
        let luck = &mut torture.luck;
        if torture.down.is_none() && luck.once_in(70) {
            let rounds = luck.next() % 25;
            torture.down = self.cut_centre()?.map(|address| (address, rounds));
        }
        if torture.away.is_none() && luck.once_in(50) {
            let which = usize::try_from(luck.next()).unwrap_or(0) % self.wifi.len();
            self.wifi[which].set_cut(true);
            torture.away = Some((which, luck.next() % 40));
        }
        if luck.once_in(30) {
            let which = usize::try_from(luck.next()).unwrap_or(0) % self.pickers.len();
            self.pickers[which].undo_due = true;
        }
        if luck.once_in(150) {
            let from = usize::try_from(luck.next()).unwrap_or(0) % self.pickers.len();
            let to = (from + 1) % self.pickers.len();
            if screen(&self.pickers[from].handheld.screen) == "pick" {
                let (cart, to) = (self.pickers[from].cart.clone(), self.pickers[to].who.clone());
                self.lead.reassign(&mut self.floor, &cart, &to)?;
            }
        }
        Ok(())
    }

    /// Nothing goes wrong any more; what is broken is mended.
    fn relent(&mut self, torture: &mut Torture) -> Result<(), Failure> {
        torture.over = true;
        torture.storm.set_blows(false);
        for handheld in self.handhelds() {
            handheld.torment = None;
        }
        if let Some((which, _)) = torture.away.take() {
            self.wifi[which].set_cut(false);
        }
        if let Some((address, _)) = torture.down.take() {
            self.start_centre(&address)?;
        }
        Ok(())
    }

    /// Nobody has anything to do: true when that is all there is. Under torture it may be that nobody was told.
    pub(super) fn is_calm(&mut self) -> Result<bool, Failure> {
        let Some(mut torture) = self.torture.take() else { return Ok(true) };
        let calm = torture.over;
        let mended = if calm { Ok(()) } else { self.relent(&mut torture) };
        self.torture = Some(torture);
        mended?;
        if !calm {
            self.wait_until_sent()?;
        }
        Ok(calm)
    }
}
