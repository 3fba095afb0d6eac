//! Patterns of SIMILAR TO, of which Flink makes Java's regular expressions, and stops the job at what is none.

const SPECIAL: &str = "brackets cannot contain one of [ ( ) | + * _ % ? { }";
const OPEN: &str = "a bracket is not closed";
const CLOSED: &str = "a closing bracket has no opening one";

const ESCAPES: &str = "the escape character is not followed by a character that it can escape";
const IN_CLASS: &str = "brackets cannot contain the escape character";
/// What has a meaning of its own in a pattern.
const SPECIALS: &str = "[]()|^-+*_%?{}";

/// Whether a character can be the escape character: none that has a meaning of its own.
pub(super) fn can_escape(character: char) -> bool {
    !SPECIALS.contains(character) && !character.is_alphanumeric() && !":\\$.".contains(character)
}

/// Java's regular expression for a pattern, as Calcite writes it, or what is wrong with its brackets. A backslash
/// stands for itself outside brackets. With an escape character, what it precedes stands for itself.
pub(super) fn java(pattern: &str, escape: Option<char>) -> Result<String, &'static str> {
    let mut java = String::new();
    let mut rest = pattern;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        match character {
            _ if Some(character) == escape => {
                let escaped =
                    rest.chars().next().filter(|next| SPECIALS.contains(*next) || Some(*next) == escape);
                let escaped = escaped.ok_or(ESCAPES)?;
                java.extend(['\\', escaped]);
                rest = &rest[escaped.len_utf8()..];
            }
            '_' => java.push('.'),
            '%' => java.push_str("(?s:.*)"),
            '[' => {
                let (class, behind) = class(rest, escape)?;
                java.push_str(&class);
                rest = behind;
            }
            ']' => return Err(CLOSED),
            '\\' | '$' => java.extend(['\\', character]),
            other => java.push(other),
        }
    }
    Ok(java)
}

/// Java's class for the characters in brackets, and what is after them.
fn class(text: &str, escape: Option<char>) -> Result<(String, &str), &'static str> {
    const CLASSES: [(&str, &str); 6] = [
        ("[:alpha:]", r"\p{Alpha}"),
        ("[:upper:]", r"\p{Upper}"),
        ("[:lower:]", r"\p{Lower}"),
        ("[:digit:]", r"\d"),
        ("[:space:]", " "),
        ("[:whitespace:]", r"\s"),
    ];
    const ALNUM: (&str, &str) = ("[:alnum:]", r"\p{Alnum}");
    let mut written = String::from("[");
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let known = CLASSES.iter().chain([&ALNUM]).find(|(name, _)| {
            rest.get(..name.len()).is_some_and(|start| start == *name || start == name.to_uppercase())
        });
        if let Some((name, java)) = known {
            written.push_str(java);
            rest = &rest[name.len()..];
            continue;
        }
        rest = &rest[character.len_utf8()..];
        match character {
            _ if Some(character) == escape => return Err(IN_CLASS),
            ']' => return Ok((written + "]", rest)),
            '-' | '^' => written.push(character),
            '[' | '(' | ')' | '|' | '+' | '*' | '_' | '%' | '?' | '{' | '}' => return Err(SPECIAL),
            other => written.push(other),
        }
    }
    Err(OPEN)
}
