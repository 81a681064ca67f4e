//! The shops' door: orders in, asked for and taken back, each channel its own.

use aisle_core::{
    id::Code,
    item::{Counting, Handling, Item, Tracked},
    task::rows::Rows,
};
use serde_json::{Value, json};

use super::{Answer, Door, refused};

impl Door {
    fn shop(&self, method: &str, path: &str, body: &str) -> Answer {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer token of SHOP\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.raw(request.as_bytes())
    }

    fn sells(&self, item: &'static str) {
        self.run(move |tx| {
            tx.keep(Item {
                code: Code::parse(item).unwrap(),
                telling: item.to_owned(),
                name: String::new(),
                barcodes: Vec::new(),
                size_mm: [10, 10, 10],
                weight_g: 10,
                counting: Counting::ScanOneKeyRest,
                handling: Handling::default(),
                tracked: Tracked::default(),
            })
        });
    }

    fn state(&self, reference: &str) -> Value {
        told(&self.shop("GET", &format!("/v1/orders/{reference}"), ""), 200)
    }
}

#[track_caller]
fn told(answer: &Answer, status: u16) -> Value {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, status, "{}\n{text}", answer.headers);
    serde_json::from_str(&text).unwrap()
}

fn order(reference: &str, item: &str, quantity: i64) -> String {
    json!({ "reference": reference, "lines": [{ "item": item, "quantity": quantity }] }).to_string()
}

#[test]
fn an_order_is_taken_once_asked_for_and_taken_back() {
    let door = Door::open();
    door.sells("MUG");
    let body = order("A-1", "MUG", 3);
    assert_eq!(told(&door.shop("POST", "/v1/orders", &body), 201)["state"], "taken");
    assert_eq!(told(&door.shop("POST", "/v1/orders", &body), 200)["state"], "known");
    assert_eq!(door.state("A-1")["lines"][0]["parts"]["backordered"], 3, "nothing lies here");
    let back = "/v1/orders/A-1/cancel";
    assert_eq!(told(&door.shop("POST", back, ""), 200)["state"], "cancelled");
    assert_eq!(told(&door.shop("POST", back, ""), 200)["state"], "over");
    let told_now = door.state("A-1");
    assert_eq!(
        (&told_now["state"], &told_now["lines"][0]["parts"]["cancelled"]),
        (&json!("cancelled"), &json!(3))
    );
    let events = told(&door.shop("GET", "/v1/events?after=0", ""), 200);
    let kinds: Vec<&str> = events.as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "order.cancelled").count(), 1, "{kinds:?}");
}

#[test]
fn an_order_that_is_none_is_told_so_and_changes_nothing() {
    let door = Door::open();
    door.sells("MUG");
    for (body, status, kind) in [
        (order("", "MUG", 1), 422, "bad-order"),
        (order("A-1", "MUG", 0), 422, "bad-order"),
        (order("A-1", "MUG", -5), 422, "bad-order"),
        (order("A-1", "MUG", i64::MAX), 422, "bad-order"),
        (json!({ "reference": "A-1", "lines": [] }).to_string(), 422, "bad-order"),
        ("{".to_owned(), 400, "garbled-body"),
        (json!({ "reference": "A-1", "lines": [], "extra": 1 }).to_string(), 400, "garbled-body"),
    ] {
        refused(&door.shop("POST", "/v1/orders", &body), status, kind);
    }
    refused(&door.shop("GET", "/v1/orders/A-1", ""), 404, "unknown-order");
    refused(&door.shop("POST", "/v1/orders/A-1/cancel", ""), 404, "unknown-order");
}

#[test]
fn a_shop_opens_no_door_of_the_terminals_nor_they_its() {
    let door = Door::open();
    assert!(door.shop("GET", "/v1/terminal/snapshot", "").status >= 400);
    assert!(door.get("/v1/orders/A-1", &[]).status >= 400);
    assert!(door.post("/v1/orders/A-1/cancel", &[], b"").status >= 400);
}
