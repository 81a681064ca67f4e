//! Which site serves an order, and by which service: rules of a closed vocabulary, and a trace of each
//! decision.
//!
//! A rule's `when` must hold; its sites are candidates; candidates that cannot serve are rejected with a
//! reason; the rest are ranked by words, the first difference wins. No rule, or no candidate: the order
//! waits. One site stands behind a centre today; the decision is the same with more.

use aisle_core::{id::Code, order::CarrierService, place::Site};
use serde::{Deserialize, Serialize};

use crate::settings::known;

/// `[routing]`: the rules, in order.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routing {
    /// The first that matches decides.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, for traces.
    pub name: String,
    /// When it applies; always when empty.
    #[serde(default)]
    pub when: When,
    /// Candidates.
    pub sites: Vec<Code<Site>>,
    /// How candidates are ranked.
    #[serde(default = "usual_rank")]
    pub rank: Vec<Rank>,
    /// Whether what a site lacks may wait while the rest goes.
    #[serde(default = "yes")]
    pub partial: bool,
    /// The carrier service, when the order names none.
    #[serde(default)]
    pub service: Option<Code<CarrierService>>,
}

/// Conditions; all that are given must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// The order goes to one of these countries, as the channel names them.
    pub countries: Option<Vec<String>>,
    /// The order has at least so many pieces.
    pub at_least_pieces: Option<i64>,
    /// The order has at most so many pieces.
    pub at_most_pieces: Option<i64>,
}

/// A word by which candidates are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// Who can serve everything first.
    InFull,
    /// Who can serve most pieces first.
    MostPieces,
    /// As listed.
    Order,
}

const fn yes() -> bool {
    true
}
fn usual_rank() -> Vec<Rank> {
    vec![Rank::InFull, Rank::MostPieces, Rank::Order]
}

impl Default for Routing {
    fn default() -> Self {
        let rule = Rule {
            name: "anywhere".into(),
            when: When::default(),
            sites: vec![known("MAIN")],
            rank: usual_rank(),
            partial: true,
            service: None,
        };
        Self { rules: vec![rule] }
    }
}

/// What an order looks like to the rules.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// Country it goes to.
    pub country: &'a str,
    /// Pieces still to be promised.
    pub pieces: i64,
}

/// What a site could serve of it.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The site.
    pub site: Code<Site>,
    /// How many pieces it has free.
    pub pieces: i64,
}

/// A decision with its reasons, stored beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The rule that decided; none when no rule matched.
    pub rule: Option<String>,
    /// The site; none when the order waits.
    pub site: Option<Code<Site>>,
    /// The service the rule asks for.
    pub service: Option<Code<CarrierService>>,
    /// Rules that did not match, and why.
    pub skipped: Vec<(String, &'static str)>,
    /// Candidates with their rank vectors, best first.
    pub ranked: Vec<(Code<Site>, Vec<i64>)>,
    /// Candidates turned down, and why.
    pub rejected: Vec<(Code<Site>, &'static str)>,
}

impl Routing {
    /// Every site that a rule names.
    pub fn sites(&self) -> impl Iterator<Item = &Code<Site>> {
        // The default rules stand for "the site that this centre runs", whatever it is called.
        self.rules.iter().flat_map(|rule| &rule.sites).filter(|site| **site != known("MAIN"))
    }

    /// Decides. `offer` tells what a site has free of the order.
    ///
    /// # Errors
    /// Whatever `offer` answers.
    pub fn decide<E>(
        &self,
        own: &Code<Site>,
        wanted: &Wanted<'_>,
        mut offer: impl FnMut(&Code<Site>) -> Result<Offer, E>,
    ) -> Result<Decision, E> {
        let mut decision = Decision {
            rule: None,
            site: None,
            service: None,
            skipped: Vec::new(),
            ranked: Vec::new(),
            rejected: Vec::new(),
        };
        for rule in &self.rules {
            if let Some(why) = rule.when.fails(wanted) {
                decision.skipped.push((rule.name.clone(), why));
                continue;
            }
            for (place, site) in rule.sites.iter().enumerate() {
                let site = if *site == known("MAIN") { own } else { site };
                let offer = offer(site)?;
                if offer.pieces <= 0 {
                    decision.rejected.push((site.clone(), "nothing free"));
                } else if !rule.partial && offer.pieces < wanted.pieces {
                    decision.rejected.push((site.clone(), "not in full"));
                } else {
                    let rank = rule.rank.iter().map(|word| word.of(&offer, wanted, place)).collect();
                    decision.ranked.push((site.clone(), rank));
                }
            }
            decision.ranked.sort_by(|a, b| b.1.cmp(&a.1));
            decision.site = decision.ranked.first().map(|(site, _)| site.clone());
            decision.rule = Some(rule.name.clone());
            decision.service.clone_from(&rule.service);
            return Ok(decision);
        }
        Ok(decision)
    }
}

impl Rank {
    fn of(self, offer: &Offer, wanted: &Wanted<'_>, place: usize) -> i64 {
        match self {
            Self::InFull => i64::from(offer.pieces >= wanted.pieces),
            Self::MostPieces => offer.pieces,
            Self::Order => -i64::try_from(place).unwrap_or(i64::MAX),
        }
    }
}

impl When {
    fn fails(&self, wanted: &Wanted<'_>) -> Option<&'static str> {
        if self.countries.as_ref().is_some_and(|list| !list.iter().any(|c| c == wanted.country)) {
            return Some("another country");
        }
        if self.at_least_pieces.is_some_and(|least| wanted.pieces < least) {
            return Some("too few pieces");
        }
        if self.at_most_pieces.is_some_and(|most| wanted.pieces > most) {
            return Some("too many pieces");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(rules: &str, pieces: i64, free: &[(&str, i64)]) -> Decision {
        let routing: Routing = toml::from_str(rules).unwrap();
        let wanted = Wanted { country: "France", pieces };
        routing
            .decide::<()>(&known("HOME"), &wanted, |site| {
                let pieces = free.iter().find(|(s, _)| *s == site.as_str()).map_or(0, |(_, n)| *n);
                Ok(Offer { site: site.clone(), pieces })
            })
            .unwrap()
    }

    #[test]
    fn the_first_difference_in_rank_wins_and_the_trace_tells_why() {
        let rules = "[[rule]]\nname = \"uk\"\nwhen = { countries = [\"United Kingdom\"] }\nsites = [\"A\"]\n
                     [[rule]]\nname = \"rest\"\nsites = [\"A\", \"B\", \"C\"]\n";
        let made = decide(rules, 10, &[("A", 4), ("B", 10), ("C", 0)]);
        assert_eq!(made.site, Some(known("B")));
        assert_eq!(made.rule.as_deref(), Some("rest"));
        assert_eq!(made.skipped, [("uk".to_owned(), "another country")]);
        assert_eq!(made.rejected, [(known("C"), "nothing free")]);
        assert_eq!(made.ranked[0].1, [1, 10, -1]);
    }

    #[test]
    fn an_order_waits_when_nobody_can_serve_it_as_the_rule_demands() {
        let rules = "[[rule]]\nname = \"whole\"\nsites = [\"A\"]\npartial = false\n";
        let made = decide(rules, 10, &[("A", 9)]);
        assert_eq!(made.site, None);
        assert_eq!(made.rejected, [(known("A"), "not in full")]);
    }

    #[test]
    fn a_word_outside_the_vocabulary_is_an_error() {
        assert!(
            toml::from_str::<Routing>("[[rule]]\nname = \"x\"\nsites = []\nrank = [\"luck\"]\n").is_err()
        );
        let typo = "[[rule]]\nname = \"x\"\nsites = []\nwhen = { country = [\"France\"] }\n";
        assert!(toml::from_str::<Routing>(typo).unwrap_err().to_string().contains("country"));
    }
}
