//! What one record may become and use up: beyond it the record fails, and its batch goes on.

use pipec_core::query::{Column, DataType, Expr, Function, Insert, Query, Stream};
use pipec_core::{Expression, Outcome, RecordProgram, Written};

fn text(text: &str) -> Expr {
    Expr::Text(text.into())
}

fn insert(from: usize, filter: Option<Expr>, items: Vec<Expr>) -> Insert {
    Insert { from, into: from + 1, lookups: vec![], filter, items }
}

/// A query of the column `$.v`, through streams of so many columns each; the last one's rows leave it.
fn applied(data_type: DataType, widths: &[usize], inserts: Vec<Insert>, record: &[u8]) -> Outcome<'static> {
    let stream = |(at, width): (usize, &usize)| Stream {
        types: vec![data_type; *width],
        keys: (at + 1 == widths.len()).then(|| (0..*width).map(|key| key.to_string()).collect()),
    };
    let query = Query {
        columns: vec![Column { path: vec!["v".into()], data_type }],
        streams: widths.iter().enumerate().map(stream).collect(),
        inserts,
        ..Query::default()
    };
    match RecordProgram::querying(query, "\n").expect("the query holds together").apply(record) {
        Outcome::Ok(rows) => Outcome::Ok(rows.into_owned().into()),
        Outcome::Dropped => Outcome::Dropped,
        Outcome::ProcessingFailed => Outcome::ProcessingFailed,
    }
}

#[test]
fn rows_without_end_fail_the_record() {
    // Each of 40 streams feeds the next one twice.
    let twice = |from| [insert(from, None, vec![Expr::Column(0)]), insert(from, None, vec![Expr::Column(0)])];
    let outcome = applied(DataType::Integer, &[1; 40], (0..40).flat_map(twice).collect(), b"{\"v\":1}");
    assert_eq!(outcome, Outcome::ProcessingFailed);
}

/// Whether a record fails because of what is made of its text, a million times `a`.
fn fails(items: Vec<Expr>) -> bool {
    let record = format!("{{\"v\":\"{}\"}}", "a".repeat(1 << 20));
    let (widths, inserts) = ([items.len()], vec![insert(0, None, items)]);
    applied(DataType::Text, &widths, inserts, record.as_bytes()) == Outcome::ProcessingFailed
}

#[test]
fn a_value_that_could_not_be_delivered_fails_the_record() {
    let call = |function, second, third| Expr::Call(function, vec![Expr::Column(0), second, third]);
    let a = Written { pieces: vec!["a".into()], ends: vec![] };
    let a = Expression::try_from(a).expect("an expression");
    let matched = |by| Expr::ReplaceMatches(Box::new((Expr::Column(0), by)), a.clone());
    for (small, large) in [
        (Expr::Concat(vec![Expr::Column(0); 4]), Expr::Concat(vec![Expr::Column(0); 8])),
        (call(Function::Replace, text("a"), text("bb")), call(Function::Replace, text("a"), Expr::Column(0))),
        (call(Function::Replace, text(""), text("b")), call(Function::Replace, text(""), Expr::Column(0))),
        (matched(text("bb")), matched(Expr::Column(0))),
        (
            call(Function::LeftPad, Expr::Integer(1 << 21), text("b")),
            call(Function::LeftPad, Expr::Integer(i64::MAX), text("b")),
        ),
        (
            call(Function::RightPad, Expr::Integer(1 << 21), text("b")),
            call(Function::RightPad, Expr::Integer(1 << 40), text("é")),
        ),
    ] {
        assert!(!fails(vec![small.clone()]));
        assert!(fails(vec![large.clone()]), "{large:?}");
        // Even where little of it is left.
        assert!(fails(vec![Expr::IsNull(Box::new(large))]));
        // Each alone could be delivered.
        assert!(fails(vec![small; 8]));
    }
}

#[test]
fn a_value_that_is_too_large_for_a_filter_or_an_inner_row_fails_the_record() {
    let padded =
        |length| Expr::Call(Function::LeftPad, vec![Expr::Column(0), Expr::Integer(length), text("b")]);
    let outcome = |filter, items: Vec<Expr>| {
        let widths = [items.len(), 1];
        let inserts = vec![insert(0, filter, items), insert(1, None, vec![text("row")])];
        applied(DataType::Text, &widths, inserts, b"{\"v\":\"a\"}")
    };
    let row = Outcome::Ok(b"{\"0\":\"row\"}\n".into());
    assert_eq!(outcome(None, vec![padded(1 << 20); 4]), row);
    assert_eq!(outcome(None, vec![padded(1 << 20); 8]), Outcome::ProcessingFailed);
    let filtered = |length| outcome(Some(Expr::IsNull(Box::new(padded(length)))), vec![]);
    assert_eq!(filtered(9), Outcome::Dropped);
    assert_eq!(filtered(1 << 40), Outcome::ProcessingFailed);
}
