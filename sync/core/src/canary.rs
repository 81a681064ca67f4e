//! Deliberate faults, chosen by name: what proves that the fleet simulator (`tests/fleet`) sees faults at all.
//!
//! Each name stands where that fault would be made: `if canary::sings("hash_not_checked")`. Nothing sings unless the
//! simulator chose it by a call in its own thread: no environment, file or argument does. Without debug assertions,
//! as in every program that is shipped, the question is the constant `false` and nothing can be chosen, so that the
//! simulator needs no build of its own and no shipped program holds a fault.

/// Every canary. The simulator must catch each of them within 500 seeds.
pub const NAMES: [&str; 55] = [
    // The terminal's files.
    "journal_sync_off",
    "journal_sync_normal",
    "confirmed_not_committed",
    "sscc_minted_twice",
    "prune_unsafe",
    "prune_young",
    "new_life_drops_unanswered",
    "new_life_new_ids",
    "new_life_old_name",
    "verdict_not_kept",
    "restored_centre_not_refilled",
    "overlay_forgotten",
    "snapshot_keeps_old_rows",
    "cursor_before_rows",
    // The terminal's end of the protocol.
    "fork_ignored",
    "twin_taken_for_own",
    "refused_not_asked",
    "applied_read_outside",
    // The floor.
    "undo_doubled",
    "pick_told_double",
    // The fold that both ends share.
    "pick_counted_twice",
    "put_into_no_tote",
    "excess_not_flagged",
    "short_not_raised",
    "exception_twice",
    "undo_leaves_tote",
    "unpacked_stays_in_parcel",
    "line_not_counted",
    "started_run_not_taken",
    // The centre's end of the protocol.
    "hash_not_checked",
    "gap_taken",
    "duplicate_judged_anew",
    "revoked_applied",
    "quarantine_forgets",
    "no_dedupe",
    "batch_half_applied",
    "verdict_not_stored",
    "feed_row_skipped",
    "feed_ignores_epoch",
    "snapshot_row_skipped",
    "badge_not_checked",
    // The centre's work.
    "epoch_ignored",
    "lease_given_twice",
    "heir_gets_all",
    "claim_not_shrunk",
    "negative_not_told",
    "fact_refused_on_old_epoch",
    "reassign_leaves_stop_open",
    "cancel_without_disposition",
    "moves_booked_twice",
    // The centre's file and its backup.
    "answered_not_committed",
    "centre_sync_off",
    "feed_seq_reused",
    "restored_keeps_name",
    "backup_claims_unshipped",
];

#[cfg(debug_assertions)]
mod chosen {
    use std::cell::Cell;

    std::thread_local! {
        pub(super) static NAME: Cell<Option<&'static str>> = const { Cell::new(None) };
        pub(super) static ASKED: Cell<u32> = const { Cell::new(0) };
    }
}

/// Lets this canary sing in this thread from now on, or none. Tells whether canaries can sing in this build.
pub fn choose(name: Option<&'static str>) -> bool {
    #[cfg(debug_assertions)]
    {
        chosen::NAME.set(name);
        chosen::ASKED.set(0);
        true
    }
    #[cfg(not(debug_assertions))]
    {
        let _ = name;
        false
    }
}

/// Whether this fault is to be made here. Always `false` in a program that is shipped.
#[inline]
#[must_use]
pub fn sings(name: &str) -> bool {
    #[cfg(debug_assertions)]
    {
        chosen::NAME.get().is_some_and(|chosen| chosen == name)
    }
    #[cfg(not(debug_assertions))]
    {
        let _ = name;
        false
    }
}

/// As [`sings`], but only each `every`th time it is asked.
#[inline]
#[must_use]
pub fn strikes(name: &str, every: u32) -> bool {
    #[cfg(debug_assertions)]
    {
        if !sings(name) {
            return false;
        }
        let asked = chosen::ASKED.get() + 1;
        chosen::ASKED.set(asked);
        asked.is_multiple_of(every)
    }
    #[cfg(not(debug_assertions))]
    {
        let _ = (name, every);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_sings_unless_it_was_chosen_in_this_thread() {
        assert!(NAMES.iter().all(|name| !sings(name)));
        let can = choose(Some("no_dedupe"));
        assert_eq!((sings("no_dedupe"), sings("gap_taken")), (can, false));
        let elsewhere = std::thread::spawn(|| sings("no_dedupe")).join();
        assert_eq!(elsewhere.ok(), Some(false));
        choose(None);
        assert!(!sings("no_dedupe"));
    }
}
