//! Operations read back, and what is no operation is told apart.

use super::*;

#[test]
fn an_operation_reads_back_from_its_bytes() {
    let op = Op::Request(Request::Claim { lists: 2 });
    let bytes = op.to_bytes();
    assert_eq!(String::from_utf8_lossy(&bytes), r#"{"kind":"claim","lists":2}"#);
    assert_eq!(Op::from_bytes(Family::Request, 1, &bytes).ok(), Some(op));
}

#[test]
fn an_operation_of_an_older_version_means_what_the_present_one_says() {
    // As if a claim had once said "number", then "count", and says "lists" today.
    let renamed = |from, old: fn(&mut serde_json::Map<String, serde_json::Value>) -> Option<()>| Step {
        family: Family::Request,
        kind: "claim",
        from,
        cast: old,
    };
    let steps = [
        renamed(1, |fields| fields.remove("number").map(|n| drop(fields.insert("count".into(), n)))),
        renamed(2, |fields| fields.remove("count").map(|n| drop(fields.insert("lists".into(), n)))),
    ];
    let read = |v, body: &str| Op::read(&steps, Family::Request, v, body.as_bytes());
    let claim = Op::Request(Request::Claim { lists: 2 });
    for (v, field) in [(1, "number"), (2, "count"), (3, "lists")] {
        let body = format!(r#"{{"kind":"claim","{field}":2}}"#);
        assert_eq!(read(v, &body).ok(), Some(claim.clone()), "version {v}");
    }
    let newer = read(4, r#"{"kind":"claim","lists":2}"#);
    assert!(matches!(newer, Err(OpError::Newer { version: 4, .. })));
    let lies = read(1, r#"{"kind":"claim","lists":2}"#);
    assert!(matches!(lies, Err(OpError::Beyond { limit: Beyond::Version, .. })));
    assert!(read(1, r#"{"kind":"complete"}"#).is_err(), "another kind has versions of its own");
    assert_eq!(claim.version(), 1, "none of this is so yet");
}

#[test]
fn pieces_of_a_lot_are_told_in_a_version_of_their_own() {
    let told = |lot: &str| {
        format!(
            r#"{{"kind":"put","task":"01900000-0000-7000-8000-000000000001","item":"MUG","cart":"C1","tote":"T1","quantity":1{lot}}}"#
        )
    };
    // What an older journal holds names no lot, and means what it meant.
    let plain = Op::from_bytes(Family::Fact, 1, told("").as_bytes()).unwrap();
    assert_eq!((plain.version(), String::from_utf8(plain.to_bytes()).unwrap()), (2, told("")));
    let of_lot = told(r#","lot":"7F31""#);
    let op = Op::from_bytes(Family::Fact, 2, of_lot.as_bytes()).unwrap();
    assert_eq!((op.version(), String::from_utf8(op.to_bytes()).unwrap()), (2, of_lot.clone()));
    // An older centre would not know that it is to book a lot: it must see a version that it does not know.
    assert!(matches!(Op::from_bytes(Family::Fact, 1, of_lot.as_bytes()), Err(OpError::Beyond { .. })));
}

#[test]
fn a_kind_of_a_newer_build_is_told_from_garbage() {
    let newer = Op::from_bytes(Family::Fact, 1, br#"{"kind":"teleported"}"#);
    assert!(matches!(newer, Err(OpError::Newer { .. })));
    let newer = Op::from_bytes(Family::Note, 2, br#"{"kind":"signed_off"}"#);
    assert!(matches!(newer, Err(OpError::Newer { .. })));
    assert!(matches!(Op::from_bytes(Family::Fact, 1, b"\xff"), Err(OpError::Garbled(_))));
    let missing = Op::from_bytes(Family::Fact, 1, br#"{"kind":"picked"}"#);
    assert!(matches!(missing, Err(OpError::Garbled(_))));
}
