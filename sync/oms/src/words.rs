//! The words of the command line, in one table. The domain answers with values; only here they become text.

use crate::{
    order::parked::Parked,
    sheet::{Problem, Wrong},
};

/// What is wrong with a row, and what to do.
#[must_use]
pub fn problem(problem: &Problem) -> String {
    let what = match &problem.what {
        Wrong::Fields(has, wants) => {
            format!("{has} fields instead of {wants}: the row is cut, or a comma needs quotes")
        }
        Wrong::Missing(column) => format!("no {column}"),
        Wrong::Unreadable(column, text) => format!("{column} {text:?} cannot be read"),
        Wrong::OutOfRange(column, text) => format!("{column} {text} is out of range"),
        Wrong::Unknown(column, text) => format!("{column} {text:?} is not known: import it first"),
        Wrong::Taken(column, text) => format!("{column} {text:?} already belongs to something else"),
        Wrong::InUse(text) => format!("{text}: finish that first"),
        Wrong::Changed => "known with other content: nothing was changed".to_owned(),
    };
    if problem.about.is_empty() {
        format!("row {}: {what}", problem.row)
    } else {
        format!("row {} ({}): {what}", problem.row, problem.about)
    }
}

/// Why an order waits, and what ends it.
#[must_use]
pub fn parked(reason: &Parked) -> String {
    match reason {
        Parked::UnknownItems(items) => {
            format!("unknown items {}: import them and it goes on by itself", items.join(", "))
        }
        Parked::UnreadableRow(what) => format!("{what}: mend the file and import it again"),
        Parked::ReturnWithoutOrder => "a return that names no order: settle it with the customer".to_owned(),
        Parked::NoSite(why) => format!("no site may serve it ({why}): look at [routing] and at stock"),
        Parked::Other(text) => text.clone(),
    }
}
