//! The program as an operator of the centre meets it: exit status and what it says.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{
    path::Path,
    process::{Command, Output},
};

fn run(home: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_aisle-oms")).arg("--home").arg(home).args(args).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn succeed(home: &Path, args: &[&str]) -> String {
    let output = run(home, args);
    assert!(output.status.success(), "{args:?}: {}", said(&output));
    said(&output)
}

fn fail(home: &Path, args: &[&str], words: &[&str]) {
    let output = run(home, args);
    let said = said(&output);
    assert!(!output.status.success(), "{args:?}: {said}");
    assert!(!said.contains("panicked"), "{said}");
    for word in words {
        assert!(said.contains(word), "{args:?} says: {said}");
    }
}

#[test]
fn a_demo_site_is_grown_imported_released_and_proved() {
    let dir = tempfile::tempdir().unwrap();
    let (home, site) = (dir.path().join("home"), dir.path().join("site"));
    let site_text = site.to_str().unwrap();
    let orders = site.join("orders.csv");
    let orders = orders.to_str().unwrap();
    succeed(&home, &["demo-site", "--seed", "3", "--out", site_text]);
    succeed(&home, &["import", "site", site_text]);
    let tried = succeed(&home, &["import", "orders", orders, "--dry-run"]);
    assert!(tried.contains("dry run") && tried.contains("62 promised"), "{tried}");
    assert_eq!(succeed(&home, &["orders"]), "", "a dry run changes nothing");
    let first = succeed(&home, &["import", "orders", orders]);
    assert!(first.contains("62 promised") && first.contains("4 parked"), "{first}");
    let again = succeed(&home, &["import", "orders", orders]);
    assert!(again.contains("66 known already"), "{again}");
    let released = succeed(&home, &["release"]);
    assert!(released.contains("62 orders"), "{released}");
    assert!(succeed(&home, &["verify"]).contains("I1 to I5 hold"));
    let cancelled = succeed(&home, &["cancel", "536365"]);
    assert!(cancelled.contains("nothing of it ships"), "{cancelled}");
    assert!(succeed(&home, &["cancel", "536365"]).contains("over before"));
    fail(&home, &["cancel", "nobody's"], &["not known", "aisle-oms orders"]);
    assert!(succeed(&home, &["verify"]).contains("I1 to I5 hold"));
    assert!(succeed(&home, &["explain", "85123A"]).contains("can be sold ="));
    assert_eq!(succeed(&home, &["orders", "--json"]).lines().count(), 66);
    let added = succeed(&home, &["operator", "add", "Ada", "--role", "picker"]);
    assert!(added.contains("PIN"), "{added}");
    assert!(succeed(&home, &["operator", "list"]).contains("Ada"));
}

#[test]
fn one_quantity_changed_by_hand_fails_the_proof() {
    let dir = tempfile::tempdir().unwrap();
    let (home, site) = (dir.path().join("home"), dir.path().join("site"));
    succeed(&home, &["demo-site", "--out", site.to_str().unwrap()]);
    succeed(&home, &["import", "site", site.to_str().unwrap()]);
    succeed(&home, &["verify"]);
    let db = rusqlite::Connection::open(home.join("centre.db")).unwrap();
    let sql =
        "UPDATE stock_level SET on_hand = on_hand + 1 WHERE place = (SELECT min(place) FROM stock_level)";
    assert_eq!(db.execute(sql, []).unwrap(), 1);
    drop(db);
    fail(&home, &["verify"], &["I2: level of", "contradictions in"]);
}

#[test]
fn each_terminal_gets_a_token_and_parcel_numbers_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let first = succeed(dir.path(), &["enrol", "H1"]);
    let second = succeed(dir.path(), &["enrol", "H2", "--centre", "http://10.0.0.5:7420"]);
    assert!(first.contains("sscc_first = 1\n") && first.contains("sscc_last = 10000"), "{first}");
    assert!(second.contains("sscc_first = 10001") && second.contains("10.0.0.5"), "{second}");
    let again = succeed(dir.path(), &["enrol", "H1"]);
    assert!(again.contains("sscc_first = 1\n"), "an enrolled terminal keeps its range: {again}");
    let token = |text: &str| text.lines().find(|line| line.starts_with("token")).map(String::from);
    assert_ne!(token(&first), token(&again));
    succeed(dir.path(), &["revoke", "H1"]);
    fail(dir.path(), &["revoke", "H9"], &["H9 is not enrolled"]);
}

#[test]
fn what_cannot_be_used_is_named_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path();
    let file = |name: &str, bytes: &[u8]| {
        let path = home.join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    fail(home, &["import", "orders", "nowhere.csv"], &["cannot read nowhere.csv"]);
    fail(home, &["import", "orders", &file("empty.csv", b"")], &["empty.csv", "the file is empty"]);
    let other = file("other.csv", b"a,b\n1,2\n");
    fail(home, &["import", "orders", &other], &["no column", "InvoiceNo", "--map reference="]);
    let items =
        b"sku,name,gtin,width_mm,length_mm,height_mm,weight_g\nA,Mug,9521234543214,1,1,1,1\nB,Cup,,1,1,x,1\n";
    let done = succeed(home, &["import", "items", &file("items.csv", items)]);
    assert!(done.contains("row 2 (A): gtin \"9521234543214\" cannot be read"), "{done}");
    assert!(done.contains("row 3 (B): height_mm \"x\" cannot be read"), "{done}");
    file("aisle-oms.toml", b"[release]\ncart_slot = 3\n");
    fail(home, &["verify"], &["aisle-oms.toml is wrong", "cart_slot"]);
}

#[test]
fn a_damaged_or_newer_database_is_named_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("centre.db");
    std::fs::write(&path, vec![b'x'; 8_192]).unwrap();
    fail(dir.path(), &["verify"], &["cannot open", "unreadable", "restore a backup"]);
    assert_eq!(std::fs::read(&path).unwrap(), vec![b'x'; 8_192]);
    std::fs::remove_file(&path).unwrap();
    let db = rusqlite::Connection::open(&path).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    fail(dir.path(), &["verify"], &["format 99", "start the newer program"]);
}

#[test]
fn the_quarantine_is_listed_and_its_numbers_are_checked() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path();
    assert_eq!(succeed(home, &["quarantine", "list"]), "");
    fail(home, &["quarantine", "show", "1"], &["nothing in quarantine has number 1"]);
    fail(home, &["quarantine", "accept", "one"], &["no number and no range"]);
    fail(home, &["quarantine", "discard", "9-3"], &["no range"]);
    assert!(succeed(home, &["quarantine", "accept", "4"]).contains("nothing in quarantine has this number"));
    succeed(home, &["enrol", "H1"]);
    let db = rusqlite::Connection::open(home.join("centre.db")).unwrap();
    let sql = "INSERT INTO quarantine (terminal, cause, why, bytes, mark, received, fate)
               VALUES ('H1', 'salvaged', 'half a row', x'00ff', zeroblob(32), 5, 'held')";
    assert_eq!(db.execute(sql, []).unwrap(), 1);
    drop(db);
    assert!(succeed(home, &["quarantine", "list"]).contains("salvaged"));
    assert!(succeed(home, &["quarantine", "list", "--json"]).contains("\"why\":\"half a row\""));
    assert!(succeed(home, &["quarantine", "show", "1"]).contains("00ff (hexadecimal)"));
    assert!(succeed(home, &["quarantine", "accept", "1-2"]).contains("1: stays held"));
    assert!(succeed(home, &["quarantine", "discard", "1", "--by", "LD"]).contains("1: discarded"));
    assert_eq!(succeed(home, &["quarantine", "list"]), "");
    assert!(succeed(home, &["quarantine", "list", "--all"]).contains("discarded by LD"));
}

#[test]
fn a_backup_is_made_proved_and_put_in_place() {
    let dir = tempfile::tempdir().unwrap();
    let (home, folder) = (dir.path().join("home"), dir.path().join("backup"));
    let text = folder.to_str().unwrap();
    fail(&home, &["backup", text], &["nothing to back up"]);
    fail(&home, &["restore", text], &["read the backup"]);
    succeed(&home, &["enrol", "H1"]);
    assert!(succeed(&home, &["backup", text]).contains("the whole database"));
    let life = |home: &Path| -> (String, String) {
        let db = rusqlite::Connection::open(home.join("centre.db")).unwrap();
        let read =
            |name| db.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0)).unwrap();
        (read("centre_incarnation"), read("feed_epoch"))
    };
    let before = life(&home);
    succeed(&home, &["enrol", "H2"]);
    let proved = succeed(&home, &["restore", "--verify", text]);
    assert!(proved.contains("H1") && proved.contains("I1 to I5 hold"), "{proved}");
    assert_eq!(life(&home), before, "a backup that was only proved changes nothing");
    let open = rusqlite::Connection::open(home.join("centre.db")).unwrap();
    let reading: i64 = open.query_row("SELECT count(*) FROM terminal", [], |row| row.get(0)).unwrap();
    assert_eq!(reading, 2);
    fail(&home, &["restore", text], &["stop the centre first"]);
    drop(open);
    let done = succeed(&home, &["restore", text]);
    assert!(done.contains("is in place") && done.contains("centre.db.before-"), "{done}");
    let after = life(&home);
    assert!(after.0 != before.0 && after.1 != before.1, "both names are drawn anew");
    fail(&home, &["revoke", "H2"], &["H2 is not enrolled"]);
    succeed(&home, &["revoke", "H1"]);
    let names: Vec<String> = std::fs::read_dir(&home)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("rebuilt"))
        .collect();
    assert!(names.is_empty(), "{names:?}");
    std::fs::write(home.join("aisle-oms.toml"), format!("[backup]\nfolder = {text:?}\n")).unwrap();
    fail(&home, &["backup", text], &["name another one"]);
}
