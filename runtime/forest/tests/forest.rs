//! What a forest says of rows, whatever they hold.

use pipec_forest::serve::{GREETING, parameters, serve};
use pipec_forest::{Anomaly, Forest, LARGEST, Parameters};
use proptest::prelude::*;

const SMALL: Parameters =
    Parameters { columns: 2, trees: 20, sample: 32, decay: 1000, shingle: 1, attribution: false };

/// A small wave, different in each row.
fn row(at: usize) -> [f64; 2] {
    let at = at as f64;
    [(at / 7.0).sin() * 10.0, (at * 1.618).fract()]
}

fn scores(parameters: Parameters, rows: impl Iterator<Item = [f64; 2]>) -> Vec<Option<Anomaly>> {
    let mut forest = Forest::new(parameters).expect("a forest");
    rows.map(|row| forest.score(&row).expect("a score")).collect()
}

#[test]
fn so_many_rows_as_a_sample_holds_score_0() {
    let found = scores(SMALL, (0..100).map(row));
    for (at, anomaly) in found.iter().enumerate() {
        let score = anomaly.as_ref().expect("a score").score;
        assert_eq!(score == 0.0, at < 32, "row {at}: {score}");
    }
}

#[test]
fn a_shingle_is_complete_before_it_counts() {
    let found = scores(Parameters { shingle: 5, ..SMALL }, (0..100).map(row));
    let zeros = found.iter().take_while(|anomaly| anomaly.as_ref().is_some_and(|a| a.score == 0.0)).count();
    assert_eq!(zeros, 32 + 5 - 1);
}

#[test]
fn the_same_rows_get_the_same_scores() {
    assert_eq!(scores(SMALL, (0..300).map(row)), scores(SMALL, (0..300).map(row)));
}

#[test]
fn a_row_that_is_far_off_scores_highest_and_its_column_says_why() {
    let rows = (0..500).map(|at| if at == 400 { [80.0, 0.5] } else { row(at) });
    let found = scores(Parameters { attribution: true, ..SMALL }, rows);
    let score = |at: usize| found[at].as_ref().expect("a score").score;
    let highest = (0..500).max_by(|a, b| score(*a).total_cmp(&score(*b)));
    assert_eq!(highest, Some(400));
    let Anomaly { high, low, .. } = found[400].clone().expect("a score");
    assert!(high[0] > 10.0 * (low[0] + high[1] + low[1]), "{high:?} {low:?}");
}

#[test]
fn parts_add_up_to_the_score_without_them() {
    for shingle in [1, 3] {
        let plain = scores(Parameters { shingle, ..SMALL }, (0..300).map(row));
        let parts = scores(Parameters { shingle, attribution: true, ..SMALL }, (0..300).map(row));
        for (plain, parts) in plain.into_iter().flatten().zip(parts.into_iter().flatten()) {
            assert!((plain.score - parts.score).abs() < 1e-6, "{plain:?} {parts:?}");
            assert_eq!((parts.high.len(), parts.low.len()), (2, 2));
        }
    }
}

#[test]
fn what_is_no_number_is_not_learned() {
    let poison = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e39, -1e300, LARGEST * 1.01];
    let mut clean = Forest::new(SMALL).expect("a forest");
    let mut poisoned = Forest::new(SMALL).expect("a forest");
    for at in 0..200 {
        let bad = [row(at)[0], poison[at % poison.len()]];
        assert_eq!(poisoned.score(&bad), Ok(None));
        assert_eq!(poisoned.score(&row(at)), clean.score(&row(at)));
    }
}

#[test]
fn a_row_of_another_length_is_an_error() {
    assert!(Forest::new(SMALL).expect("a forest").score(&[1.0]).is_err());
    assert!(Forest::new(Parameters { trees: 0, ..SMALL }).is_err());
    assert!(Forest::new(Parameters { decay: 0, ..SMALL }).is_err());
}

#[test]
fn rows_are_answered_over_a_pipe() {
    for attribution in [false, true] {
        let parameters = Parameters { attribution, ..SMALL };
        let rows: Vec<[f64; 2]> =
            (0..50).map(|at| if at == 40 { [f64::NAN, 0.0] } else { row(at) }).collect();
        let input: Vec<u8> = rows.iter().flatten().flat_map(|number| number.to_le_bytes()).collect();
        let mut output = Vec::new();
        serve(&mut Forest::new(parameters).expect("a forest"), 2, input.as_slice(), &mut output)
            .expect("answers");
        let (greeting, answers) = output.split_at(GREETING.len());
        assert_eq!(greeting, GREETING);
        let size = if attribution { 5 } else { 1 };
        assert_eq!(answers.len(), 50 * size * 8);
        let expected = scores(parameters, rows.into_iter());
        for (answer, expected) in answers.chunks(size * 8).zip(expected) {
            let number = |at: usize| f64::from_le_bytes(answer[at * 8..][..8].try_into().expect("8 bytes"));
            match expected {
                None => assert!((0..size).all(|at| number(at).is_nan())),
                Some(anomaly) => {
                    let expected = [vec![anomaly.score], anomaly.high, anomaly.low].concat();
                    assert_eq!((0..size).map(number).collect::<Vec<_>>(), expected);
                }
            }
        }
    }
}

#[test]
fn half_a_row_is_an_error() {
    let mut forest = Forest::new(SMALL).expect("a forest");
    assert!(serve(&mut forest, 2, [0_u8; 20].as_slice(), Vec::new()).is_err());
}

#[test]
fn arguments_are_six_numbers() {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(parameters(&words("2 20 32 1000 1 0")), Ok(SMALL));
    for wrong in ["2 20 32 1000 1", "2 20 32 1000 1 2", "2 20 32 1000 1 -1", "a b c d e f"] {
        assert!(parameters(&words(wrong)).is_err(), "{wrong}");
    }
}

/// Numbers as they hurt: the largest, the smallest, equal ones, and their neighbours.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -10.0..10.0_f64,
        2 => (-3_i8..3).prop_map(f64::from),
        1 => prop_oneof![Just(LARGEST), Just(-LARGEST), Just(0.0), Just(-0.0), Just(1e-45), Just(f64::MIN_POSITIVE)],
        1 => any::<f64>(),
        1 => (1.0..2.0_f64).prop_map(|number| 16_777_216.0 + number),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_rows_have_a_score_or_none(
        rows in prop::collection::vec([number(), number()], 1..400),
        (trees, sample, decay, shingle) in (1_usize..20, 10_usize..40, 11_usize..500, 1_usize..5),
        attribution: bool,
    ) {
        let parameters = Parameters { columns: 2, trees, sample, decay, shingle, attribution };
        let mut forest = Forest::new(parameters).expect("a forest");
        for row in rows {
            let known = row.iter().all(|number| number.is_finite() && number.abs() <= LARGEST);
            let anomaly = forest.score(&row).expect("the forest lives");
            prop_assert_eq!(anomaly.is_some(), known);
            if let Some(anomaly) = anomaly {
                prop_assert!(anomaly.score.is_finite() && anomaly.score >= 0.0, "{:?}", anomaly);
                prop_assert!(anomaly.score <= (1.0 + sample as f64).log2() + 1e-9, "{:?}", anomaly);
            }
        }
    }
}
