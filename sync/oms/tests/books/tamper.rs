//! A single quantity changed by hand in the file is always found.

use aisle_core::{
    id::Code,
    quantity::Quantity,
    task::{
        op::{Family, Note, Op},
        state::Terminal,
    },
    time::Millis,
    wire::{
        chain::{Incarnation, Link},
        v1::WireOp,
    },
};
use aisle_oms::{
    stock::{sellable, verify},
    store::{
        Store,
        record::{Cause, Fate, HeldRecord, OpRecord, Scope, TerminalRecord},
        sqlite::Sqlite,
    },
};
use rusqlite::Connection;

use crate::house::{House, code};

/// A house in the middle of a morning, so that no table is empty.
fn busy(path: &std::path::Path) -> House {
    let mut house = House::over(Sqlite::open(path, [9; 16]).unwrap());
    house.settings.stock.safety.insert(code("TIN"), Quantity(1));
    house.stock(crate::house::STOCK);
    house.act(|tx, context| sellable::keep_back(tx, context));
    house.import(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n\
         1,TIN,x,3,12/1/10 8:26,1,7,F\n1,POST,x,1,12/1/10 8:26,18,7,F\n2,MUG,x,4,12/1/10 8:26,1,7,F\n",
    );
    house.release();
    let list = house.start("PA", "C1", &["T1", "T2"]);
    let tasks = house.tasks(&list);
    house.pick("PA", &tasks[0], "C1", 2);
    house.put("PA", &tasks[0], "C1", "T1", 1);
    house.short("PA", &tasks[0], 1);
    let until = house.now.plus(60_000);
    house.act(|tx, context| {
        sellable::reserve(tx, context, "cart", &code("TIN"), Quantity(1), until)?;
        archive(tx, context.now)
    });
    house
}

/// One operation that was kept, and one that was parked and is in quarantine.
fn archive(tx: &mut aisle_oms::store::Tx<'_>, at: Millis) -> aisle_oms::store::Result<()> {
    let (terminal, incarnation): (Code<Terminal>, _) = (code("H1"), Incarnation(5));
    let mut record = TerminalRecord {
        code: terminal.clone(),
        scope: Scope::Terminal,
        token_hash: [1; 32],
        sscc_first: 1,
        sscc_last: 10,
        incarnation: Some(incarnation),
        applied_hi: 0,
        link: None,
        revoked: false,
    };
    tx.put_terminal(&record)?;
    let mut link = Link::origin(&terminal, incarnation);
    for (seq, verdict) in [(1, r#"{"note":"kept"}"#), (2, r#"{"note":"parked","why":"new"}"#)] {
        let op = WireOp {
            seq,
            id: aisle_core::id::Id::from_bytes([7 + u8::try_from(seq).unwrap(); 16]),
            family: Family::Note,
            kind: "signed_off".into(),
            v: 1,
            at,
            operator: code("PA"),
            body: serde_json::value::RawValue::from_string(
                String::from_utf8(Op::Note(Note::SignedOff).to_bytes()).unwrap(),
            )
            .unwrap(),
        };
        link = link.then(&op);
        let bytes = serde_json::to_string(&op).unwrap();
        tx.store_op(&OpRecord {
            terminal: terminal.clone(),
            incarnation,
            seq,
            op: op.id,
            link,
            bytes: bytes.clone(),
            verdict: verdict.into(),
            repeated: false,
        })?;
        record = TerminalRecord { applied_hi: seq, link: Some(link), ..record };
        if seq == 2 {
            tx.hold(&HeldRecord {
                number: 0,
                terminal: terminal.clone(),
                incarnation: Some(incarnation),
                seq: Some(seq),
                op: Some(op.id),
                cause: Cause::Unknown,
                why: "new".into(),
                bytes: bytes.into_bytes(),
                mark: link.0,
                received: at,
                fate: Fate::Held,
                settled_by: None,
                settled_at: None,
                verdict: None,
            })?;
        }
    }
    tx.put_terminal(&record)
}

/// Every column that holds a quantity or a number that must follow from others.
const COLUMNS: [(&str, &str); 36] = [
    ("order_line", "ordered"),
    ("order_line", "cancelled"),
    ("order_line", "unrouted"),
    ("order_line", "allocated"),
    ("order_line", "backordered"),
    ("order_line", "picked"),
    ("order_line", "packed"),
    ("order_line", "shipped"),
    ("order_line", "amount_minor"),
    ("order_charge", "quantity"),
    ("order_charge", "amount_minor"),
    ("allocation", "promised"),
    ("allocation", "open"),
    ("allocation", "consumed"),
    ("allocation", "released"),
    ("reservation", "quantity"),
    ("claim", "quantity"),
    ("stock_level", "on_hand"),
    ("stock_level", "assigned"),
    ("stock_move", "quantity"),
    ("stock_move", "number"),
    ("sellable", "on_hand"),
    ("sellable", "allocated"),
    ("sellable", "reserved"),
    ("sellable", "safety"),
    ("terminal", "applied_hi"),
    ("op", "seq"),
    ("event", "number"),
    ("quarantine", "number"),
    ("quarantine", "seq"),
    ("counter", "value"),
    ("feed", "task wanted"),
    ("feed", "task picked"),
    ("feed", "tote contents"),
    ("feed", "line wanted"),
    ("feed", "trouble quantity"),
];

/// The statement that changes one quantity by one.
fn change(table: &str, column: &str) -> String {
    let json = |kind: &str, path: &str| {
        format!(
            "UPDATE feed SET body = json_set(body, '{path}', json_extract(body, '{path}') + 1) WHERE key =
             (SELECT key FROM feed WHERE key LIKE '{kind}/%' AND json_extract(body, '{path}') > 0 LIMIT 1)"
        )
    };
    match (table, column) {
        ("feed", "task wanted") => json("pick_task", "$.wanted"),
        ("feed", "task picked") => json("pick_task", "$.picked"),
        ("feed", "tote contents") => json("tote", "$.contents[0].quantity"),
        ("feed", "line wanted") => json("fulfilment", "$.lines[0].wanted"),
        ("feed", "trouble quantity") => json("trouble", "$.quantity"),
        ("stock_move" | "event", "number") => {
            format!(
                "UPDATE {table} SET number = number + 1000 WHERE number = (SELECT max(number) - 1 FROM {table})"
            )
        }
        ("op", "seq") => "UPDATE op SET seq = seq + 1 WHERE seq = (SELECT max(seq) FROM op)".into(),
        ("counter", _) => "UPDATE counter SET value = value + 1 WHERE series = 'pick_list'".into(),
        _ => {
            // Without their CHECKs: whoever changes a file by hand may switch them off.
            let key = match table {
                "reservation" => "name",
                "claim" => "task",
                "terminal" => "code",
                "op" => "op_id",
                "sellable" | "stock_level" => "item || site",
                "allocation" => "hex(fulfilment) || line",
                "order_line" => "hex(order_id) || line",
                "order_charge" => "hex(order_id) || number",
                _ => "number",
            };
            let key = if table == "stock_level" { "item || place" } else { key };
            format!(
                "UPDATE {table} SET {column} = {column} + 1 WHERE {key} = (SELECT {key} FROM {table} LIMIT 1)"
            )
        }
    }
}

#[test]
fn any_single_quantity_changed_by_hand_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("centre.db");
    let mut house = busy(&path);
    house.proved();
    drop(house);
    for (table, column) in COLUMNS {
        let copy = dir.path().join("changed.db");
        std::fs::copy(&path, &copy).unwrap();
        let db = Connection::open(&copy).unwrap();
        db.pragma_update(None, "ignore_check_constraints", true).unwrap();
        assert_eq!(db.execute(&change(table, column), []).unwrap(), 1, "{table}.{column}");
        drop(db);
        let mut store = Sqlite::open(&copy, [1; 16]).unwrap();
        let found = store.transact(|tx| verify::verify(tx));
        assert!(found.is_err() || !found.unwrap().violations.is_empty(), "{table}.{column} was not found");
    }
}

#[test]
fn every_number_in_the_schema_is_either_tampered_with_above_or_named_here() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("centre.db");
    drop(busy(&path));
    let db = Connection::open(&path).unwrap();
    let sql = "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND c.type = 'INTEGER' ORDER BY 1, 2";
    let mut query = db.prepare(sql).unwrap();
    let columns = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    // Times, flags, names, and the ends of ranges: no quantity, nothing they must follow from.
    let named = [
        "at",
        "placed",
        "received",
        "settled_at",
        "due",
        "until",
        "line",
        "deleted",
        "unsound",
        "revoked",
        "repeated",
        "feed_seq",
        "incarnation",
        "sscc_first",
        "sscc_last",
    ];
    for column in columns {
        let (table, name): (String, String) = column.unwrap();
        let tampered = COLUMNS.contains(&(table.as_str(), name.as_str()));
        let known = named.contains(&name.as_str()) || (table == "order_charge" && name == "number");
        assert!(tampered || known, "{table}.{name}");
    }
}
