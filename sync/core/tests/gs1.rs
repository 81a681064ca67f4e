//! GS1's rules, case by case: element strings, linters, Digital Links, associations.

use aisle_core::code::{
    Candidate, Gtin, Kind, Scanned, Symbology, candidates,
    gs1::{Line, Linter},
};

const ITEM: &str = "09521234543213";

/// Reads a scan; `|` stands for the separator in these tests.
fn scan(text: &str) -> Vec<u8> {
    text.bytes().map(|byte| if byte == b'|' { 0x1D } else { byte }).collect()
}

/// The elements as text, or GS1's name for the fault, the identifier and the byte.
fn read(text: &str) -> Result<String, (String, Option<&'static str>, usize)> {
    let raw = scan(text);
    let scanned = candidates(&raw);
    match scanned.error() {
        Some(error) => Err((error.fault.to_string(), error.ai, error.at)),
        None => Ok(scanned
            .elements()
            .iter()
            .map(|(ai, value)| format!("({}){}", ai.code, String::from_utf8_lossy(value)))
            .collect()),
    }
}

fn fault(text: &str) -> String {
    read(text).expect_err(text).0
}

#[test]
fn elements_come_out_as_they_went_in() {
    for (text, elements) in [
        ("]C10109521234543213", "(01)09521234543213"),
        ("]C1010952123454321310ABC|21X1", "(01)09521234543213(10)ABC(21)X1"),
        ("]d2010952123454321317271231", "(01)09521234543213(17)271231"),
        ("]Q30109521234543213|10A", "(01)09521234543213(10)A"),
        ("]e0010952123454321310A|", "(01)09521234543213(10)A"),
        ("]C1310300125010abc", "(3103)001250(10)abc"),
        ("]C1800309521234000006SN1", "(8003)09521234000006SN1"),
        ("|0109521234543213", "(01)09521234543213"),
        ("]C1|0109521234543213", "(01)09521234543213"),
        ("]C110A||21B", "(10)A(21)B"),
        ("010952123454321310A|21B", "(01)09521234543213(10)A(21)B"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(elements), "{text}");
    }
}

#[test]
fn optional_components_may_be_left_out() {
    for text in ["7007271101", "7007271101271130", "423276", "423276040", "4330000250", "4330000250-"] {
        assert!(read(&format!("]C1{text}")).is_ok(), "{text}");
    }
    for text in ["70072711012711", "42327", "42327604", "8008271101", "800827110112", "80082711011230"] {
        let good = text.starts_with("80082711011");
        assert_eq!(read(&format!("]C1{text}")).is_ok(), good, "{text}");
    }
}

#[test]
fn a_fault_is_named_with_its_identifier_and_byte() {
    for (text, name, ai, at) in [
        ("]C1", "AI_DATA_EMPTY", None, 3),
        ("]C1|", "AI_DATA_EMPTY", None, 4),
        ("]C189123", "NO_AI_FOR_PREFIX", None, 3),
        ("]C10109521234543213X", "NO_AI_FOR_PREFIX", None, 19),
        ("]C101095212345432", "AI_DATA_HAS_INCORRECT_LENGTH", Some("01"), 5),
        ("]C10109521234543214", "INCORRECT_CHECK_DIGIT", Some("01"), 18),
        ("]C1010952123454321X", "NON_DIGIT_CHARACTER", Some("01"), 18),
        ("]C110", "AI_DATA_IS_EMPTY", Some("10"), 5),
        ("]C110A B", "INVALID_CSET82_CHARACTER", Some("10"), 6),
        ("]C110#1", "INVALID_CSET82_CHARACTER", Some("10"), 5),
        ("]C110ABCDEFGHIJKLMNOPQRSTU", "AI_DATA_IS_TOO_LONG", Some("10"), 25),
        ("]C117271301", "ILLEGAL_MONTH", Some("17"), 7),
        ("]C117270230", "ILLEGAL_DAY", Some("17"), 9),
        ("]C143262711 00", "NON_DIGIT_CHARACTER", Some("4326"), 11),
        ("]C14326271100", "ILLEGAL_DAY", Some("4326"), 11),
        ("]C13910998123", "NOT_ISO4217", Some("3910"), 7),
        ("]C1426999", "NOT_ISO3166", Some("426"), 6),
        ("]C143241711012460", "ILLEGAL_HOUR", Some("4324"), 13),
        ("]C1802609521234543213", "AI_DATA_HAS_INCORRECT_LENGTH", Some("8026"), 7),
        ("]C18026095212345432130302", "PIECE_NUMBER_EXCEEDS_TOTAL", Some("8026"), 21),
        ("]C143091800000000", "AI_DATA_HAS_INCORRECT_LENGTH", Some("4309"), 7),
        ("]C1430918000000010000000000", "INVALID_LATITUDE", Some("4309"), 7),
        ("]C14300A%2", "INVALID_PERCENT_SEQUENCE", Some("4300"), 8),
    ] {
        assert_eq!(read(text), Err((name.into(), ai, at)), "{text}");
    }
}

#[test]
fn dates_without_a_day_are_the_last_of_the_month() {
    let raw = scan("]C1010952123454321317280200");
    let scanned = candidates(&raw);
    let expiry = scanned.elements().expiry(2026).unwrap();
    assert_eq!((expiry.year, expiry.month, expiry.day), (2028, 2, 29));
}

#[test]
fn measures_are_integers_with_decimals() {
    let raw = scan("]C1010952123454321331030012503922499");
    let scanned = candidates(&raw);
    let elements = scanned.elements();
    assert_eq!(elements.net_grams(), Some(1250));
    let price = elements.measure("392").unwrap();
    assert_eq!((price.digits, price.scale), (499, 2));
}

#[test]
fn lots_and_serials_are_never_touched() {
    let raw = scan("]C10109521234543213100aB|21x");
    let scanned = candidates(&raw);
    assert_eq!(scanned.elements().lot(), Some(&b"0aB"[..]));
    assert_eq!(scanned.elements().serial(), Some(&b"x"[..]));
}

#[test]
fn substitutes_for_the_separator_are_read_and_flagged() {
    for substitute in ["~", "^", "{GS}", "<GS>", "\\F", "^]", "\u{241D}", "\u{F70B}", "`"] {
        let text = format!("]C101{ITEM}10ABC{substitute}21XYZ");
        assert_eq!(read(&text).as_deref(), Ok("(01)09521234543213(10)ABC(21)XYZ"), "{substitute}");
        let scanned = candidates(text.as_bytes());
        assert!(scanned.elements().repaired());
    }
    // At the end it separates nothing, and what follows must be sound.
    assert_eq!(fault(&format!("]C101{ITEM}10ABC~")), "INVALID_CSET82_CHARACTER");
    assert_eq!(fault(&format!("]C101{ITEM}10ABC~XYZ")), "INVALID_CSET82_CHARACTER");
    // Never `#`: it occurs in codes of others.
    assert_eq!(fault(&format!("]C101{ITEM}10ABC#21XYZ")), "INVALID_CSET82_CHARACTER");
}

#[test]
fn text_alone_is_no_gs1_data() {
    for text in
        ["0109521234543213", "010952123454321310ABC", "10D9T", "1234567890", "12-34-56-7", "00", "99A"]
    {
        let scanned = candidates(text.as_bytes());
        assert_ne!(scanned.kind(), Kind::Gs1, "{text}");
        assert!(scanned.elements().is_empty());
        assert_eq!(scanned.candidates().next(), Some(Candidate::Raw(text.as_bytes())));
    }
}

#[test]
fn a_drivers_label_type_is_evidence_like_an_identifier() {
    let mut scanned = Scanned::new();
    let raw = format!("01{ITEM}");
    scanned.read(raw.as_bytes(), Symbology::of_label_type("LABEL-TYPE-EAN128"));
    assert_eq!(scanned.gtin(), Gtin::parse(ITEM).ok());
    scanned.read(raw.as_bytes(), Symbology::of_label_type("LABEL-TYPE-CODE128"));
    assert_eq!((scanned.kind(), scanned.gtin()), (Kind::Opaque, None));
}

#[test]
fn people_write_brackets() {
    assert_eq!(read("(01)09521234543213(10)AB(C)").as_deref(), Ok("(01)09521234543213(10)AB(C)"));
    assert_eq!(read("]e0(01)09521234543213").as_deref(), Ok("(01)09521234543213"));
    assert_eq!(read("(10)A\\(21)B").as_deref(), Ok("(10)A(21)B"));
    assert_eq!(fault("(01)0952123454321"), "AI_VALUE_IS_TOO_SHORT");
    assert_eq!(fault("(01)095212345432131(10)A"), "AI_VALUE_IS_TOO_LONG");
    assert_eq!(fault("(10)(21)A"), "AI_DATA_IS_EMPTY");
    assert_eq!(fault("(10)A^B"), "AI_CONTAINS_ILLEGAL_CARAT_CHARACTER");
    for text in ["(1)A", "()A", "(12345)A", "(1A)B", "(", "(10", "10)A"] {
        assert_ne!(candidates(text.as_bytes()).kind(), Kind::Gs1, "{text}");
    }
}

#[test]
fn digital_links_are_read_by_the_rightmost_key() {
    for (text, elements) in [
        ("https://a.example/01/09521234543213", "(01)09521234543213"),
        ("HTTP://A.EXAMPLE:80/x/01/09521234543213", "(01)09521234543213"),
        ("https://a/00/x/01/09521234543213/22/2A/10/L/21/S", "(01)09521234543213(22)2A(10)L(21)S"),
        ("https://a/01/09521234543213/235/T?10=L", "(01)09521234543213(235)T(10)L"),
        (
            "https://a/01/09521234543213?17=271231&x=1&y&&3103=000195#10=Z",
            "(01)09521234543213(17)271231(3103)000195",
        ),
        ("https://a/01/09521234543213/10/A%2FB+C", "(01)09521234543213(10)A/B+C"),
        ("https://a/8004/9521234ABC?01=9521234543213", "(8004)9521234ABC(01)09521234543213"),
        ("https://a/414/9521234000006/254/1%2f2", "(414)9521234000006(254)1/2"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(elements), "{text}");
        assert_eq!(candidates(text.as_bytes()).kind(), Kind::DigitalLink);
    }
}

#[test]
fn digital_links_are_refused_by_name() {
    for (text, name) in [
        ("https://a/01/9521234543213", "AI_VALUE_IS_TOO_SHORT"),
        ("https://a/01/09521234543214", "INCORRECT_CHECK_DIGIT"),
        ("https://a/01/09521234543213/10/L/22/2A", "INVALID_KEY_QUALIFIER_SEQUENCE"),
        ("https://a/01/09521234543213/22/2A/235/T", "INVALID_KEY_QUALIFIER_SEQUENCE"),
        ("https://a/01/09521234543213?10=L", "AI_SHOULD_BE_IN_PATH_INFO"),
        ("https://a/01/09521234543213?99=A&99=A", "DUPLICATE_AI"),
        ("https://a/01/09521234543213?8019=1", "AI_IS_NOT_VALID_DATA_ATTRIBUTE"),
        ("https://a/01/09521234543213?999=A", "UNKNOWN_AI_IN_QUERY_PARAMS"),
        ("https://a/01/09521234543213?99=", "AI_VALUE_QUERY_ELEMENT_IN_EMPTY"),
        ("https://a/01/09521234543213/10/A%00", "DECODED_AI_FROM_DL_PATH_INFO_CONTAINS_ILLEGAL_NULL"),
        ("https://a/01/09521234543213/10/A^B", "URI_CONTAINS_ILLEGAL_CHARACTERS"),
        ("https://a_b/01/09521234543213", "DOMAIN_CONTAINS_ILLEGAL_CHARACTERS"),
        ("https://a/01//10/A", "AI_VALUE_PATH_ELEMENT_IS_EMPTY"),
        ("https://a/01/09521234543213?98=A+B", "INVALID_CSET82_CHARACTER"),
    ] {
        assert_eq!(fault(text), name, "{text}");
    }
    let bad = "https://a/01/09521234543213/10/A%2FB%20C";
    assert_eq!(read(bad), Err(("INVALID_CSET82_CHARACTER".into(), Some("10"), bad.find("%20").unwrap())));
}

#[test]
fn other_addresses_and_envelopes_are_nobodys_business() {
    for text in [
        "https://example.org/",
        "https://example.org/page/12?x=1",
        "https://",
        "https:///01/09521234543213",
        "HtTps://a/01/09521234543213",
        "ftp://a/01/09521234543213",
        "https://01/09521234543213",
    ] {
        let scanned = candidates(text.as_bytes());
        assert_eq!((scanned.kind(), scanned.error(), scanned.gtin()), (Kind::Opaque, None, None), "{text}");
    }
    let raw = scan("[)>\u{1E}06|PABC|Q5\u{1E}\u{4}");
    assert_eq!(candidates(&raw).kind(), Kind::Envelope);
}

#[test]
fn retail_symbols_must_have_their_check_digit() {
    assert_eq!(candidates(b"]E09521234543213").gtin(), Gtin::parse(ITEM).ok());
    assert_eq!(candidates(b"]E0042100005264").gtin(), candidates(b"]E004252614").gtin());
    assert_eq!(candidates(b"]E3952123454321312").gtin(), Gtin::parse(ITEM).ok());
    assert_eq!(candidates(b"]I109521234543213").gtin(), Gtin::parse(ITEM).ok());
    assert_eq!(candidates(b"]I30952123454321").gtin(), Gtin::parse(ITEM).ok());
    assert_eq!(fault("]E09521234543214"), "PRIMARY_MESSAGE_CHECK_DIGIT_IS_INCORRECT");
    assert_eq!(fault("]E0952123454321"), "PRIMARY_MESSAGE_CHECK_DIGIT_IS_INCORRECT");
    assert_eq!(fault("]E095212345432"), "PRIMARY_SCAN_DATA_IS_TOO_SHORT");
    assert_eq!(fault("]E0952123454321X"), "PRIMARY_MESSAGE_MAY_ONLY_CONTAIN_DIGITS");
    assert_eq!(fault("]E4123456789"), "PRIMARY_MESSAGE_IS_TOO_LONG");
    assert_eq!(read("]E09521234543213|]e099A").unwrap_err().0, "PRIMARY_MESSAGE_IS_TOO_LONG");
    let composite = candidates(b"]E09521234543213|]e099A\x1D98B");
    assert_eq!((composite.elements().len(), composite.error()), (2, None));
}

#[test]
fn what_surrounds_a_payload_is_set_aside_and_kept() {
    for raw in [
        &b"9521234543213\r\n"[..],
        b"\x029521234543213\x03",
        b"9521234543213\t",
        b"\xEF\xBB\xBF9521234543213",
    ] {
        let scanned = candidates(raw);
        assert_eq!(scanned.raw(), raw);
        assert_eq!(scanned.payload(), b"9521234543213");
    }
    assert_eq!(candidates(b" 9521234543213").gtin(), None);
    assert_eq!(candidates(b"9521234543213 ").gtin(), None);
}

fn violations(text: &str) -> Vec<(String, &'static str)> {
    let raw = scan(text);
    let scanned = candidates(&raw);
    assert_eq!(scanned.error(), None, "{text}");
    let list: Vec<_> = scanned.elements().violations().iter().map(|v| (v.fault.to_string(), v.ai)).collect();
    assert_eq!(scanned.elements().associated(), list.is_empty());
    list
}

#[test]
fn associations_are_told_and_refuse_nothing() {
    let required = |ai| vec![("REQUIRED_AIS_NOT_SATISFIED".to_owned(), ai)];
    assert_eq!(violations("(01)09521234543213(10)A(17)271231"), []);
    assert_eq!(violations("(10)A"), required("10"));
    assert_eq!(violations("(02)09521234543213"), required("02"));
    assert_eq!(violations("(00)395212340000047118(02)09521234543213(37)5"), []);
    assert_eq!(violations("(01)09521234543213(3922)499"), required("3922"));
    assert_eq!(violations("(01)09521234543213(3922)499(3103)000195"), []);
    assert_eq!(violations("(01)09521234543213(250)X"), required("250"));
    assert_eq!(violations("(01)09521234543213(21)Y(250)X"), []);
    let pairs = violations("(01)09521234543213(02)09521234543213(37)5(00)395212340000047118");
    assert!(pairs.contains(&("INVALID_AI_PAIRS".to_owned(), "01")), "{pairs:?}");
    assert!(pairs.contains(&("INVALID_AI_PAIRS".to_owned(), "02")));
    let repeats = violations("(01)09521234543213(10)A(10)B");
    assert_eq!(repeats, vec![("INSTANCES_OF_AI_HAVE_DIFFERENT_VALUES".to_owned(), "10")]);
    assert_eq!(violations("(01)09521234543213(10)A(10)A"), []);
    assert_eq!(violations("(253)9521234000006(8030)ABC"), vec![("SERIAL_NOT_PRESENT".to_owned(), "253")]);
    assert_eq!(violations("(253)9521234000006X(8030)ABC"), []);
    // A weight is not exclusive of itself, but of another scale of the same.
    let scales = violations("(01)09521234543213(3102)000001(3103)000010");
    assert_eq!(scales.len(), 2);
    assert!(scales.iter().all(|(name, _)| name == "INVALID_AI_PAIRS"));
}

#[test]
fn a_line_gathers_the_symbols_of_one_thing() {
    let mut line = Line::default();
    for text in ["]C110A", "]C101095212345432131", "]C10109521234543213"] {
        let raw = scan(text);
        let scanned = candidates(&raw);
        if scanned.error().is_none() {
            line.add(&scanned.elements()).unwrap();
        }
    }
    assert_eq!(line.violations(), []);
    let other = scan("]C110B");
    assert!(line.add(&candidates(&other).elements()).is_err());
    assert_eq!(line.get("10"), Some(&b"A"[..]));
}

#[test]
fn too_many_elements_are_refused() {
    let text = format!("]C1{}", "91A|".repeat(65));
    assert_eq!(fault(&text), "TOO_MANY_AIS");
    assert!(read(&format!("]C1{}", "91A|".repeat(64))).is_ok());
}

fn lint(name: &str, value: &str) -> Option<(String, usize, usize)> {
    let linter = Linter::named(name).unwrap_or_else(|| panic!("{name}"));
    linter.check(value.as_bytes()).err().map(|flaw| (flaw.fault.to_string(), flaw.at, flaw.length))
}

#[test]
fn linters_tell_name_place_and_length() {
    for (name, value, wanted) in [
        ("csum", "", ("TOO_SHORT_FOR_CHECK_DIGIT", 0, 0)),
        ("csum", "9521234543214", ("INCORRECT_CHECK_DIGIT", 12, 1)),
        ("csum", "95212x4543213", ("NON_DIGIT_CHARACTER", 5, 1)),
        ("csumalpha", "2", ("TOO_SHORT_FOR_CHECK_PAIR", 0, 1)),
        ("csumalpha", "A 22", ("INVALID_CSET82_CHARACTER", 1, 1)),
        ("csumalpha", "AA01", ("INVALID_CSET32_CHARACTER", 2, 1)),
        ("csumalpha", "AAZZ", ("INCORRECT_CHECK_PAIR", 2, 2)),
        ("gcppos1", "95A1", ("INVALID_GCP_PREFIX", 2, 1)),
        ("gcppos1", "952", ("TOO_SHORT_FOR_GCP", 0, 3)),
        ("gcppos2", "1952", ("TOO_SHORT_FOR_GCP", 1, 3)),
        ("gcppos2", "1", ("TOO_SHORT_FOR_GCP", 0, 1)),
        ("yymmd0", "27110", ("DATE_TOO_SHORT", 0, 5)),
        ("yymmd0", "271131", ("ILLEGAL_DAY", 4, 2)),
        ("yymmdd", "271100", ("ILLEGAL_DAY", 4, 2)),
        ("yyyymmdd", "20230229", ("ILLEGAL_DAY", 6, 2)),
        ("yyyymmd0", "210002290", ("DATE_TOO_LONG", 0, 9)),
        ("hh", "24", ("ILLEGAL_HOUR", 0, 2)),
        ("hh", "x1", ("NON_DIGIT_CHARACTER", 0, 1)),
        ("hhmi", "2360", ("ILLEGAL_MINUTE", 2, 2)),
        ("hhmi", "12345", ("HOUR_WITH_MINUTE_TOO_LONG", 0, 5)),
        ("mi", "6", ("MINUTE_TOO_SHORT", 0, 1)),
        ("ss", "60", ("ILLEGAL_SECOND", 0, 2)),
        ("iban", "GB98", ("IBAN_TOO_SHORT", 0, 4)),
        ("iban", "QQ9812345678901", ("ILLEGAL_IBAN_COUNTRY_CODE", 0, 2)),
        ("iban", "GB99MIDL07009312345678", ("INCORRECT_IBAN_CHECKSUM", 2, 2)),
        ("iban", "GB98mIDL07009312345678", ("INVALID_IBAN_CHARACTER", 4, 1)),
        ("pieceoftotal", "0102x", ("NON_DIGIT_CHARACTER", 4, 1)),
        ("pieceoftotal", "010", ("INVALID_LENGTH_FOR_PIECE_OF_TOTAL", 0, 3)),
        ("pieceoftotal", "0100", ("ZERO_TOTAL_PIECES", 2, 2)),
        ("posinseqslash", "2/1", ("POSITION_EXCEEDS_END", 0, 3)),
        ("posinseqslash", "1/02", ("ILLEGAL_ZERO_PREFIX", 2, 2)),
        ("posinseqslash", "1//2", ("POSITION_IN_SEQUENCE_MALFORMED", 0, 4)),
        ("latitude", "1800000001", ("INVALID_LATITUDE", 0, 10)),
        ("longitude", "360000000", ("LONGITUDE_INVALID_LENGTH", 0, 9)),
        ("cset64", "12=", ("", 0, 0)),
        ("cset64", "1234=", ("INVALID_CSET64_PADDING", 4, 1)),
        ("cset39", "AB_", ("INVALID_CSET39_CHARACTER", 2, 1)),
        ("pcenc", "A%2", ("INVALID_PERCENT_SEQUENCE", 1, 2)),
        ("pcenc", "A%zz", ("INVALID_PERCENT_SEQUENCE", 1, 3)),
        ("nonzero", "", ("ILLEGAL_ZERO_VALUE", 0, 0)),
        ("nozeroprefix", "012", ("ILLEGAL_ZERO_PREFIX", 0, 1)),
        ("hasnondigit", "123", ("REQUIRES_NON_DIGIT_CHARACTER", 0, 3)),
        ("importeridx", "AA", ("IMPORTER_IDX_MUST_BE_ONE_CHARACTER", 0, 2)),
        ("packagetype", "QQQ", ("INVALID_PACKAGE_TYPE", 0, 3)),
        ("mediatype", "11", ("INVALID_MEDIA_TYPE", 0, 2)),
        ("winding", "2", ("INVALID_WINDING_DIRECTION", 0, 1)),
        ("hyphen", "-x", ("NOT_HYPHEN", 0, 2)),
    ] {
        let wanted = (!wanted.0.is_empty()).then(|| (wanted.0.to_owned(), wanted.1, wanted.2));
        assert_eq!(lint(name, value), wanted, "{name} {value}");
    }
    for (name, value) in [
        ("csum", "9521234543213"),
        ("csumalpha", "1987654Ad4X4bL5ttr2310c2K"),
        ("yymmd0", "000229"),
        ("iban", "GB98MIDL07009312345678"),
        ("iso4217", "978"),
        ("iso3166", "276"),
        ("iso3166999", "999"),
        ("iso3166alpha2", "DE"),
        ("posinseqslash", "9/10"),
        ("packagetype", "APE"),
        ("mediatype", "80"),
    ] {
        assert_eq!(lint(name, value), None, "{name} {value}");
    }
    assert_eq!(Linter::named("couponcode"), None);
}
