//! Regular expressions, which are Java's. Flink takes one that Java cannot read without a word and gives NULL for every
//! row, so what is surely wrong is reported here.

use std::collections::HashSet;

use super::super::similar;

/// Parentheses within parentheses. Java's stack overflows somewhere above a thousand of them.
const MAX_NESTING: usize = 250;

/// How many groups keep what they match, or what is wrong with the expression.
pub(super) fn groups(expression: &str) -> Result<usize, &'static str> {
    let (mut open, mut count, mut class) = (0_usize, 0, 0_usize);
    // Whether there is something that a quantifier could repeat.
    let mut repeatable = false;
    let mut names = HashSet::new();
    let mut characters = expression.chars().peekable();
    while let Some(character) = characters.next() {
        let at_start = !repeatable;
        repeatable = true;
        match character {
            '\\' => match characters.next() {
                None => return Err("it ends with a backslash that escapes nothing"),
                // Up to \E, all characters stand for themselves.
                Some('Q') => {
                    while let Some(quoted) = characters.next() {
                        if quoted == '\\' && characters.next_if_eq(&'E').is_some() {
                            break;
                        }
                    }
                }
                // The name of a class, or a number.
                Some('p' | 'P' | 'x' | 'N') if class == 0 && characters.next_if_eq(&'{').is_some() => {
                    if !characters.any(|character| character == '}') {
                        return Err(OPEN_BRACE);
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
                if open > MAX_NESTING {
                    return Err("its parentheses are nested more than 250 deep");
                }
                let rest: String = characters.clone().take(3).collect();
                let named = rest.starts_with("?<") && !rest.starts_with("?<=") && !rest.starts_with("?<!");
                count += usize::from(!rest.starts_with('?') || named);
                if named {
                    let name: String = characters.by_ref().skip(2).take_while(|next| *next != '>').collect();
                    if !is_name(&name) {
                        return Err(
                            "the name of a group starts with a letter from A to Z, followed by such letters and digits",
                        );
                    }
                    if !names.insert(name) {
                        return Err("two groups have the same name");
                    }
                } else {
                    // `(?` is no quantifier.
                    characters.next_if_eq(&'?');
                }
                repeatable = false;
            }
            ')' => open = open.checked_sub(1).ok_or("a closing parenthesis has no opening one")?,
            '|' => repeatable = false,
            '*' | '+' | '?' | '{' if at_start => return Err("a quantifier has nothing to repeat"),
            '{' => {
                let mut times = String::new();
                loop {
                    match characters.next() {
                        Some('}') => break,
                        Some(character) => times.push(character),
                        None => return Err(OPEN_BRACE),
                    }
                }
                if !is_count(&times) {
                    return Err("a brace does not contain a number of repetitions");
                }
            }
            _ => {}
        }
    }
    match (open, class) {
        (0, 0) => Ok(count),
        (_, 0) => Err("a parenthesis is not closed"),
        _ => Err("a bracket is not closed"),
    }
}

const OPEN_BRACE: &str = "a brace is not closed";

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// `2`, `2,` or `2,3`, each a number of 32 bits.
fn is_count(times: &str) -> bool {
    let number = |text: &str| {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i32>().ok().filter(|_| is_number)
    };
    match times.split_once(',') {
        None => number(times).is_some(),
        Some((least, "")) => number(least).is_some(),
        Some((least, most)) => number(least).zip(number(most)).is_some_and(|(least, most)| least <= most),
    }
}

/// What is wrong with a pattern of SIMILAR TO.
pub(super) fn similar_fault(pattern: &str, escape: Option<char>) -> Option<&'static str> {
    similar::java(pattern, escape).and_then(|java| groups(&java)).err()
}

#[cfg(test)]
mod tests {
    use super::{groups, similar_fault};

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
            ("(?<a1>b)(?<A1>c+)", 2),
            (r"a{2}b{2,}(c){2,3}?[{]\{\p{Alpha}\x{41}}", 1),
        ] {
            assert_eq!(groups(expression), Ok(count), "{expression}");
        }
    }

    #[test]
    fn what_java_cannot_read_is_known() {
        let nested = |levels: usize| format!("{}a{}", "(".repeat(levels), ")".repeat(levels));
        assert_eq!(groups(&nested(250)), Ok(250));
        assert!(groups(&nested(251)).is_err());
        for expression in [
            "(a",
            "a)",
            "[a",
            "*a",
            "(+a)",
            "a|?",
            "a\\",
            "a{2",
            "a{}",
            "a{,2}",
            "a{3,2}",
            "{2}",
            "a{b}",
            "a{+2}",
            r"\p{Alpha",
            "(?<1a>b)",
            "(?<a_b>c)",
            "(?<é>a)",
            "(?<>a)",
            "(?<a",
            "(?<a>b)(?<a>c)",
            "(?<a>?b)",
        ] {
            assert!(groups(expression).is_err(), "{expression}");
        }
    }

    #[test]
    fn patterns_of_similar_to() {
        for pattern in ["(a|b)%", "a{2}_", r"a\", "[[:DIGIT:]]+", "%", r"[\d^-]", "[^a]"] {
            assert_eq!(similar_fault(pattern, None), None, "{pattern}");
        }
        for pattern in ["(a", "a{2", r"\(", "[a", "+a", "a]", "[]a]", "[]", "[(]", "[[a]]", "[a]]"] {
            assert!(similar_fault(pattern, None).is_some(), "{pattern}");
        }
        for (pattern, is_right) in [
            ("10!%", true),
            ("!!(a|b)!_%", true),
            ("a!", false),
            ("!a", false),
            ("[!%]", false),
            ("!(a", true),
        ] {
            assert_eq!(similar_fault(pattern, Some('!')).is_none(), is_right, "{pattern}");
        }
    }
}
