//! Brings a database file to the format this program knows, one transaction a step.
//!
//! `user_version` is the format. A step that was interrupted leaves nothing behind, because its
//! `user_version` commits with it. A file of a newer format is refused untouched.

use rusqlite::Connection;

use super::{Result, StoreError, failed};

/// Every step ever shipped, oldest first: never edited, only added to.
pub(super) const STEPS: &[&str] =
    &[include_str!("format-1.sql"), include_str!("format-2.sql"), include_str!("format-3.sql")];

/// Applies what is missing of `steps`.
///
/// # Errors
/// When the file is newer than `steps`, or the database fails.
pub(super) fn migrate(db: &mut Connection, steps: &[&str]) -> Result<()> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    let found: u32 = db
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(failed("read the format of the database"))?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (index, step) in steps.iter().enumerate().skip(found as usize) {
        let doing = "bring the database to the current format";
        let tx =
            db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(failed(doing))?;
        let now: u32 =
            tx.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed(doing))?;
        if now as usize == index {
            tx.execute_batch(step).map_err(failed(doing))?;
            tx.pragma_update(None, "user_version", now + 1).map_err(failed(doing))?;
        }
        tx.commit().map_err(failed(doing))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(db: &Connection) -> u32 {
        db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_reopened_database_is_left_as_it_is() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, STEPS).unwrap();
        migrate(&mut db, STEPS).unwrap();
        assert_eq!(format(&db), u32::try_from(STEPS.len()).unwrap());
    }

    #[test]
    fn a_step_that_fails_half_way_leaves_nothing_and_can_be_run_again() {
        let mut db = Connection::open_in_memory().unwrap();
        let broken =
            ["CREATE TABLE one (a INTEGER) STRICT;", "CREATE TABLE two (a INTEGER) STRICT; NONSENSE;"];
        assert!(migrate(&mut db, &broken).is_err());
        assert_eq!(format(&db), 1);
        let mended = [broken[0], "CREATE TABLE two (a INTEGER) STRICT;"];
        migrate(&mut db, &mended).unwrap();
        assert_eq!(format(&db), 2);
        db.execute_batch("INSERT INTO two VALUES (1)").unwrap();
    }

    #[test]
    fn a_newer_database_is_refused_untouched() {
        let mut db = Connection::open_in_memory().unwrap();
        db.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&mut db, STEPS), Err(StoreError::Newer { found: 99, .. })));
        let tables: u32 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 0);
    }

    #[test]
    fn what_an_older_program_had_parked_is_in_quarantine() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, &STEPS[..1]).unwrap();
        db.execute_batch(
            r#"INSERT INTO terminal VALUES ('H1', 'terminal', zeroblob(32), 1, 2, 7, 2, zeroblob(32), 0);
            INSERT INTO op VALUES
                ('H1', 7, 1, randomblob(16), zeroblob(32), '{"seq":1}', '{"fact":"parked","why":"new"}', 0),
                ('H1', 7, 2, randomblob(16), randomblob(32), '{"seq":2}', '{"fact":"accepted"}', 0);"#,
        )
        .unwrap();
        migrate(&mut db, STEPS).unwrap();
        let held: Vec<(i64, String, Vec<u8>)> = db
            .prepare("SELECT seq, why, bytes FROM quarantine WHERE fate = 'held'")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .map(|row| row.unwrap())
            .collect();
        assert_eq!(held, [(1, "new".to_owned(), br#"{"seq":1}"#.to_vec())]);
    }

    #[test]
    fn stock_of_an_older_program_is_of_no_lot() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, &STEPS[..2]).unwrap();
        db.execute_batch(
            "INSERT INTO stock_level VALUES ('MUG', 'loc:A01', 6, 2, 0), ('MUG', 'virtual:supplier', -6, 0, 0);
            INSERT INTO stock_move VALUES (1, 'import', 'MUG', 6, 'virtual:supplier', 'loc:A01', 1, 'import');
            INSERT INTO claim VALUES (zeroblob(16), 'MUG', 'A01', 2);",
        )
        .unwrap();
        migrate(&mut db, STEPS).unwrap();
        let one = |sql: &str| -> String { db.query_row(sql, [], |row| row.get(0)).unwrap() };
        let levels =
            "SELECT group_concat(place || on_hand || assigned || '<' || lot || '>') FROM stock_level";
        assert_eq!(one(levels), "loc:A0162<>,virtual:supplier-60<>");
        assert_eq!(one("SELECT item || quantity || '<' || lot || '>' FROM stock_move"), "MUG6<>");
        assert_eq!(one("SELECT item || quantity || '<' || lot || '>' FROM claim"), "MUG2<>");
    }

    #[test]
    fn schema_sql_is_what_the_migrations_make() {
        let read = |db: &Connection| -> Vec<(String, String)> {
            let mut query = db
                .prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
                .unwrap();
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            rows.map(|row| row.unwrap()).collect()
        };
        let mut migrated = Connection::open_in_memory().unwrap();
        migrate(&mut migrated, STEPS).unwrap();
        let described = Connection::open_in_memory().unwrap();
        described.execute_batch(include_str!("schema.sql")).unwrap();
        assert_eq!(read(&migrated), read(&described));
    }
}
