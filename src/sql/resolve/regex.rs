//! Regular expressions, which are Java's. Flink takes one that Java cannot read without a word and gives NULL for every
//! row, so what is surely wrong is reported here.

/// How many groups keep what they match, or what is wrong with the expression.
pub(super) fn groups(expression: &str) -> Result<usize, &'static str> {
    let (mut open, mut count, mut class) = (0_usize, 0, 0_usize);
    // Whether there is something that a quantifier could repeat.
    let mut repeatable = false;
    let mut characters = expression.chars().peekable();
    while let Some(character) = characters.next() {
        let at_start = !repeatable;
        repeatable = true;
        match character {
            '\\' => match characters.next() {
                None => return Err("a backslash at its end escapes nothing"),
                // Up to \E, all characters stand for themselves.
                Some('Q') => {
                    while let Some(quoted) = characters.next() {
                        if quoted == '\\' && characters.next_if_eq(&'E').is_some() {
                            break;
                        }
                    }
                }
                Some(_) => {}
            },
            '[' => {
                class += 1;
                characters.next_if_eq(&'^');
                characters.next_if_eq(&']');
            }
            ']' if class > 0 => class -= 1,
            _ if class > 0 => {}
            '(' => {
                open += 1;
                let rest: String = characters.clone().take(3).collect();
                let named = rest.starts_with("?<") && !rest.starts_with("?<=") && !rest.starts_with("?<!");
                count += usize::from(!rest.starts_with('?') || named);
                // `(?` is no quantifier.
                characters.next_if_eq(&'?');
                repeatable = false;
            }
            ')' => open = open.checked_sub(1).ok_or("a parenthesis is closed that is not open")?,
            '|' => repeatable = false,
            '*' | '+' | '?' if at_start => return Err("a quantifier has nothing to repeat"),
            _ => {}
        }
    }
    match (open, class) {
        (0, 0) => Ok(count),
        (_, 0) => Err("a parenthesis is not closed"),
        _ => Err("a bracket is not closed"),
    }
}

#[cfg(test)]
mod tests {
    use super::groups;

    #[test]
    fn groups_are_counted() {
        for (expression, count) in [
            (r"(a)(?:b)(?<c>d)\(([(])", 3),
            ("a", 0),
            ("((a)(?=b))", 2),
            ("(?<=a)", 0),
            ("[]a](b*?)", 1),
            (r"\Q(\E+", 0),
            ("[a&&[^b]]+|(c)", 1),
            ("(?i)x", 0),
        ] {
            assert_eq!(groups(expression), Ok(count), "{expression}");
        }
    }

    #[test]
    fn what_java_cannot_read_is_known() {
        for expression in ["(a", "a)", "[a", "*a", "(+a)", "a|?", "a\\"] {
            assert!(groups(expression).is_err(), "{expression}");
        }
    }
}
