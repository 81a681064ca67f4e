//! The keyed difference between two lists of rows: what a list that lives as long as the program must do to
//! become the new one. Rows that stay are never rebuilt, so a list neither jumps nor loses its place.

use std::collections::BTreeSet;

/// One step, to be taken in order: positions are those after the steps before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<T> {
    /// Take the row at this position out.
    Remove(usize),
    /// Put a row in at this position.
    Insert(usize, T),
    /// Replace the row at this position: the same row, changed.
    Set(usize, T),
}

/// The steps from `old` to `new`; `key` names a row. A row whose key comes twice is taken as another row.
pub fn steps<T: Clone + PartialEq, K: Ord>(old: &[T], new: &[T], key: impl Fn(&T) -> K) -> Vec<Step<T>> {
    let stays: BTreeSet<K> = new.iter().map(&key).collect();
    let mut steps = Vec::new();
    let mut now: Vec<&T> = Vec::with_capacity(old.len());
    for row in old {
        let twice = now.iter().any(|kept| key(kept) == key(row));
        if stays.contains(&key(row)) && !twice {
            now.push(row);
        } else {
            steps.push(Step::Remove(now.len()));
        }
    }
    for (at, row) in new.iter().enumerate() {
        match now.get(at) {
            Some(there) if key(there) == key(row) => {
                if *there != row {
                    steps.push(Step::Set(at, row.clone()));
                }
                now[at] = row;
            }
            _ => {
                if let Some(later) = (at..now.len()).find(|later| key(now[*later]) == key(row)) {
                    steps.push(Step::Remove(later));
                    now.remove(later);
                }
                steps.push(Step::Insert(at, row.clone()));
                now.insert(at, row);
            }
        }
    }
    for at in (new.len()..now.len()).rev() {
        steps.push(Step::Remove(at));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (u8, &'static str);

    fn walked(old: &[Row], new: &[Row]) -> (Vec<Row>, usize) {
        let steps = steps(old, new, |row| row.0);
        let count = steps.len();
        let mut rows = old.to_vec();
        for step in steps {
            match step {
                Step::Remove(at) => drop(rows.remove(at)),
                Step::Insert(at, row) => rows.insert(at, row),
                Step::Set(at, row) => rows[at] = row,
            }
        }
        (rows, count)
    }

    #[test]
    fn the_steps_lead_from_the_old_rows_to_the_new() {
        let old = [(1, "a"), (2, "b"), (3, "c"), (4, "d")];
        let cases: [&[Row]; 6] = [
            &[(1, "a"), (2, "b"), (3, "c"), (4, "d")],
            &[(2, "b"), (3, "C"), (4, "d")],
            &[(4, "d"), (1, "a"), (2, "b"), (3, "c")],
            &[(5, "e"), (4, "x"), (6, "f")],
            &[(1, "a"), (1, "again"), (2, "b")],
            &[],
        ];
        for new in cases {
            assert_eq!(walked(&old, new).0, new);
            assert_eq!(walked(new, &old).0, old);
        }
    }

    #[test]
    fn rows_that_stay_are_not_touched() {
        let old = [(1, "a"), (2, "b"), (3, "c")];
        assert_eq!(walked(&old, &old).1, 0);
        assert_eq!(walked(&old, &[(1, "a"), (2, "B"), (3, "c")]).1, 1);
        assert_eq!(walked(&old, &[(2, "b"), (3, "c")]).1, 1);
    }
}
