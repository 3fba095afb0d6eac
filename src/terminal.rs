//! Text that someone else wrote, on a terminal.

/// Whether a terminal obeys a character instead of showing it: those of C0, DEL and C1, but line breaks and tabs.
fn obeyed(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

/// Whether a terminal shows a text as it is. Lines may end as on Windows.
pub fn is_printable(text: &str) -> bool {
    !text.split("\r\n").any(|line| line.contains(obeyed))
}

/// The text with U+FFFD for what a terminal would obey.
pub fn printable(text: &str) -> String {
    text.split("\r\n").map(|line| line.replace(obeyed, "\u{fffd}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_steers_a_terminal_is_replaced() {
        for (text, shown) in [
            ("\u{1b}[31mred\u{7}", "\u{fffd}[31mred\u{fffd}"),
            ("rub\u{7f}out", "rub\u{fffd}out"),
            ("\u{9b}2J of C1", "\u{fffd}2J of C1"),
            ("over\rwritten", "over\u{fffd}written"),
        ] {
            assert_eq!(printable(text), shown);
            assert!(!is_printable(text), "{text:?}");
        }
        assert_eq!(printable("a\r\n\tb\nc \u{e9}"), "a\n\tb\nc \u{e9}");
        assert!(is_printable("a\r\n\tb\nc \u{e9}"));
    }

    proptest! {
        #[test]
        fn what_is_printable_stays_so(text in any::<String>()) {
            let shown = printable(&text);
            prop_assert!(is_printable(&shown));
            prop_assert_eq!(printable(&shown), shown);
        }
    }
}
