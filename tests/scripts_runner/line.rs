//! One line of a story.

use aisle::{floor::Key, scan::layout::Layout};

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// `scan CODE`, or `scan CODE, CODE, …`.
    Scan(Vec<String>),
    /// `key 1 2 enter`.
    Key(Vec<Key>),
    /// `sign on anna`: badge and PIN.
    SignOn(String),
    /// `weigh 1200`: the scale settles on so many grams.
    Weigh(u32),
    /// `printed`: the label comes out.
    Printed,
    /// `wait 40`: seconds go by.
    Wait(i64),
    /// `ms 80`: the next scan comes so many milliseconds after what was before it, instead of a second.
    Ms(i64),
    /// `scanner FR`: from here on it types through this keyboard, `S1` before each code and F8 for a separator;
    /// `scanner none`: as at first.
    Scanner(Option<Layout>),
    /// `crash`: killed, and started again.
    Crash,
    /// `disk full`, `disk good`: whether it takes anything.
    Disk(bool),
    /// `room gone`, `room again`: whether the terminal has space for new work.
    Room(bool),
    /// `range used up`: no SSCC is left.
    NoRange,
    /// `count`: scans and keys are counted from here.
    Count,
    /// `centre …`: the centre changes something or answers.
    Centre(Vec<String>),
    /// `expect cue good`.
    Cue(String),
    /// `expect silence`.
    Silence,
    /// `expect refused wrong_item`.
    Refused(String),
    /// `expect repeated`.
    Repeated,
    /// `expect not recorded`.
    NotRecorded,
    /// `expect recorded picked put`, or `expect recorded nothing`.
    Recorded(Vec<String>),
    /// `expect at most 3 scans, 0 keys`.
    AtMost(usize, usize),
    /// `expect step item, have 1`: what the screen says, by field.
    Seen(Vec<(String, String)>),
}

impl Line {
    /// Reads a line.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
        let rest = rest.trim();
        match verb {
            "scan" => Ok(Self::Scan(rest.split(", ").map(str::to_owned).collect())),
            "key" => keys(rest).map(Self::Key),
            "sign" => match rest.strip_prefix("on ") {
                Some(who) => Ok(Self::SignOn(who.to_owned())),
                None => Err("write: sign on NAME".into()),
            },
            "weigh" => rest.parse().map(Self::Weigh).map_err(|error| format!("{error}")),
            "printed" => Ok(Self::Printed),
            "wait" => rest.parse().map(Self::Wait).map_err(|error| format!("{error}")),
            "ms" => rest.parse().map(Self::Ms).map_err(|error| format!("{error}")),
            "scanner" if rest == "none" => Ok(Self::Scanner(None)),
            "scanner" => match Layout::ALL.into_iter().find(|layout| layout.word() == rest) {
                Some(layout) => Ok(Self::Scanner(Some(layout))),
                None => Err("no such keyboard".into()),
            },
            "crash" => Ok(Self::Crash),
            "disk" => Ok(Self::Disk(rest == "good")),
            "room" => Ok(Self::Room(rest == "again")),
            "range" => Ok(Self::NoRange),
            "count" => Ok(Self::Count),
            "centre" => Ok(Self::Centre(rest.split_whitespace().map(str::to_owned).collect())),
            "expect" => expect(rest),
            _ => Err(format!("no line begins with {verb:?}")),
        }
    }
}

fn keys(text: &str) -> Result<Vec<Key>, String> {
    text.split_whitespace().map(|key| key.parse().map_err(|error| format!("{error}"))).collect()
}

fn expect(text: &str) -> Result<Line, String> {
    let (what, rest) = text.split_once(' ').unwrap_or((text, ""));
    let words = || rest.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    match what {
        "cue" => Ok(Line::Cue(rest.to_owned())),
        "silence" => Ok(Line::Silence),
        "refused" => Ok(Line::Refused(rest.to_owned())),
        "repeated" => Ok(Line::Repeated),
        "not" => Ok(Line::NotRecorded),
        "recorded" if rest == "nothing" => Ok(Line::Recorded(Vec::new())),
        "recorded" => Ok(Line::Recorded(words())),
        "at" => {
            let numbers: Vec<usize> = words().iter().filter_map(|word| word.parse().ok()).collect();
            match numbers.as_slice() {
                [scans, keys] => Ok(Line::AtMost(*scans, *keys)),
                _ => Err("write: expect at most N scans, N keys".into()),
            }
        }
        _ => {
            let field = |part: &str| {
                let (field, value) = part.trim().split_once(' ')?;
                Some((field.to_owned(), value.to_owned()))
            };
            let fields: Option<Vec<_>> = text.split(',').map(field).collect();
            fields.map(Line::Seen).ok_or_else(|| "write: expect FIELD VALUE, FIELD VALUE".into())
        }
    }
}
