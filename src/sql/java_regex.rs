//! Java's regular expressions as those of a record program, where both mean the same. What has no counterpart there, or
//! is another thing in another version of Java, is refused by name.

use std::iter::Peekable;
use std::str::Chars;

use pipec_core::{Expression, Written};

use super::similar;

/// What a record program does not have.
type Fault = &'static str;

/// A translated expression.
pub(super) struct Translated {
    pub(super) expression: Expression,
    /// For each of Java's groups, its number there; the first is the match itself.
    pub(super) groups: Vec<usize>,
}

/// The expression as Flink's REGEXP functions find it.
pub(super) fn translated(expression: &str) -> Result<Translated, Fault> {
    let mut translator = Translator {
        rest: expression.chars().peekable(),
        pieces: vec![String::new()],
        ends: Vec::new(),
        groups: vec![0],
        count: 0,
        flags: Flags::default(),
    };
    translator.alternatives(0)?;
    let Translator { pieces, ends, groups, .. } = translator;
    let expression = Expression::try_from(Written { pieces, ends }).map_err(|_| LARGE)?;
    Ok(Translated { expression, groups })
}

/// A pattern of SIMILAR TO, which fits the whole text.
pub(super) fn similar(pattern: &str, escape: Option<char>) -> Result<Expression, Fault> {
    let java = similar::java(pattern, escape).map_err(|_| "this pattern of SIMILAR TO")?;
    let Translated { expression, .. } = translated(&java)?;
    // It has no `$`, so it is one piece.
    let whole = Written::from(expression).pieces.concat();
    let pieces = vec![format!(r"\A(?:{whole})\z")];
    Expression::try_from(Written { pieces, ends: Vec::new() }).map_err(|_| LARGE)
}

/// Parentheses within parentheses: `regex-lite` refuses what is nested deeper, and less deep it is where much is
/// between them.
const MAX_NESTING: usize = 50;
const LARGE: Fault = "a regular expression as large or as deeply nested as this";
const END: Fault = "`$` elsewhere than at the end of a regular expression";
const ESCAPE: Fault = "this escape in a regular expression";
const FLAGS: Fault = "this flag of a regular expression";
const CASES: Fault = "a case-sensitive letter class in a case-insensitive regular expression";
const NESTED: Fault = "nested brackets in a regular expression";
const RANGE: Fault = "this range in a regular expression";
const QUANTIFIER: Fault = "this quantifier in a regular expression";
const EMPTY: Fault = "the repetition of an empty match in a regular expression";

/// What `(?is)` changes.
#[derive(Clone, Copy, Default)]
struct Flags {
    /// Letters from A to Z stand for both cases.
    any_case: bool,
    /// The point also stands for a line break.
    any_line: bool,
}

/// What was written last.
struct Atom {
    /// Whether it may be repeated.
    repeatable: bool,
    /// Whether it may match nothing.
    empty: bool,
}

struct Translator<'a> {
    rest: Peekable<Chars<'a>>,
    pieces: Vec<String>,
    ends: Vec<usize>,
    groups: Vec<usize>,
    /// Groups so far.
    count: usize,
    flags: Flags,
}

impl Translator<'_> {
    fn write(&mut self, text: &str) {
        if let Some(piece) = self.pieces.last_mut() {
            piece.push_str(text);
        }
    }

    fn literal(&mut self, character: char) {
        let cases = [character.to_ascii_lowercase(), character.to_ascii_uppercase()];
        if self.flags.any_case && cases[0] != cases[1] {
            self.write(&format!("[{}{}]", cases[0], cases[1]));
        } else {
            self.write(&escaped(character));
        }
    }

    /// Alternatives up to the end or the parenthesis that closes them, and whether one may match nothing.
    fn alternatives(&mut self, depth: usize) -> Result<bool, Fault> {
        if depth > MAX_NESTING {
            return Err(LARGE);
        }
        let flags = self.flags;
        let mut empty = self.sequence(depth)?;
        while self.rest.next_if_eq(&'|').is_some() {
            self.write("|");
            empty |= self.sequence(depth)?;
        }
        self.flags = flags;
        match (self.rest.peek(), depth) {
            (None, 0) | (Some(')'), 1..) => Ok(empty),
            _ => Err("this regular expression"),
        }
    }

    fn sequence(&mut self, depth: usize) -> Result<bool, Fault> {
        let mut empty = true;
        while let Some(&character) = self.rest.peek() {
            if matches!(character, '|' | ')') {
                break;
            }
            self.rest.next();
            let atom = self.atom(character, depth)?;
            let none = self.quantifier(&atom)?;
            empty &= atom.empty || none;
        }
        Ok(empty)
    }

    fn atom(&mut self, character: char, depth: usize) -> Result<Atom, Fault> {
        let one = Ok(Atom { repeatable: true, empty: false });
        let place = Ok(Atom { repeatable: false, empty: true });
        match character {
            '.' if self.flags.any_line => self.write("(?s:.)"),
            '.' => self.write(r"[^\n\r\x{85}\x{2028}\x{2029}]"),
            '^' => {
                self.write(r"\A");
                return place;
            }
            '$' => {
                if depth > 0 || !matches!(self.rest.peek(), None | Some('|')) {
                    return Err(END);
                }
                self.count += 1;
                self.ends.push(self.count);
                self.pieces.push(String::new());
                return place;
            }
            '[' => {
                let class = self.brackets()?;
                self.write(&class);
            }
            '(' => return self.group(depth),
            '*' | '+' | '?' | '{' => return Err(QUANTIFIER),
            '\\' => return self.escape(),
            other => self.literal(other),
        }
        one
    }

    fn group(&mut self, depth: usize) -> Result<Atom, Fault> {
        let before = self.flags;
        if self.rest.next_if_eq(&'?').is_some() {
            match self.rest.next() {
                Some(':') => self.write("(?:"),
                Some('<') => {
                    if matches!(self.rest.peek(), None | Some('=' | '!')) {
                        return Err("a lookbehind in a regular expression");
                    }
                    self.rest.find(|character| *character == '>').ok_or(ESCAPE)?;
                    self.open();
                }
                Some('=' | '!') => return Err("a lookahead in a regular expression"),
                Some('>') => return Err("an atomic group of a regular expression"),
                other => {
                    let (mut flag, mut on) = (other, true);
                    loop {
                        match flag {
                            Some('-') if on => on = false,
                            Some('i') => self.flags.any_case = on,
                            Some('s') => self.flags.any_line = on,
                            Some(')') => return Ok(Atom { repeatable: false, empty: true }),
                            Some(':') => break,
                            _ => return Err(FLAGS),
                        }
                        flag = self.rest.next();
                    }
                    self.write("(?:");
                }
            }
        } else {
            self.open();
        }
        let empty = self.alternatives(depth + 1)?;
        self.rest.next();
        self.flags = before;
        self.write(")");
        Ok(Atom { repeatable: true, empty })
    }

    fn open(&mut self) {
        self.count += 1;
        self.groups.push(self.count);
        self.write("(");
    }

    /// A quantifier, if one is there, and whether it allows for nothing.
    fn quantifier(&mut self, atom: &Atom) -> Result<bool, Fault> {
        let Some(sign) = self.rest.next_if(|character| matches!(character, '*' | '+' | '?' | '{')) else {
            return Ok(false);
        };
        let mut written = String::from(sign);
        let most_one = sign == '?';
        let none = match sign {
            '{' => {
                loop {
                    let character = self.rest.next().ok_or(QUANTIFIER)?;
                    written.push(character);
                    if character == '}' {
                        break;
                    }
                }
                written[1..].starts_with(['0', ',', '}'])
            }
            sign => sign != '+',
        };
        // What may be nothing ends a repetition differently.
        if !atom.repeatable || written == "{0}" {
            return Err(QUANTIFIER);
        }
        if atom.empty && !most_one {
            return Err(EMPTY);
        }
        match self.rest.peek() {
            Some('?') => {
                self.rest.next();
                written.push('?');
            }
            Some('+') => return Err("a possessive quantifier of a regular expression"),
            _ => {}
        }
        if matches!(self.rest.peek(), Some('*' | '+' | '?' | '{')) {
            return Err(QUANTIFIER);
        }
        self.write(&written);
        Ok(none)
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<Atom, Fault> {
        match self.rest.next().ok_or(ESCAPE)? {
            'Q' => {
                let mut any = false;
                while let Some(character) = self.rest.next() {
                    if character == '\\' && self.rest.next_if_eq(&'E').is_some() {
                        break;
                    }
                    self.literal(character);
                    any = true;
                }
                // A quantifier after it repeats the last character alone.
                return Ok(Atom { repeatable: any, empty: !any });
            }
            'A' => self.write(r"\A"),
            'z' => self.write(r"\z"),
            'b' | 'B' => return Err("`\\b` in a regular expression, which matches letters of all scripts"),
            '1'..='9' | 'k' => return Err("a backreference in a regular expression"),
            letter => {
                if let Some(set) = self.named(letter)? {
                    self.write(&format!("[{set}]"));
                } else {
                    let character = self.character(letter)?;
                    self.literal(character);
                }
                return Ok(Atom { repeatable: true, empty: false });
            }
        }
        Ok(Atom { repeatable: false, empty: true })
    }

    /// A set of characters by its letter, as it is written in brackets.
    fn named(&mut self, letter: char) -> Result<Option<String>, Fault> {
        let set = match letter {
            'd' | 'D' => "0-9",
            'w' | 'W' => "0-9A-Z_a-z",
            's' | 'S' => r"\t\n\x0B\x0C\r\x20",
            'h' | 'H' => r"\t\x20\x{A0}\x{1680}\x{180E}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}",
            'v' | 'V' => r"\n\x0B\x0C\r\x{85}\x{2028}\x{2029}",
            'p' | 'P' => {
                let name: String = match self.rest.next_if_eq(&'{') {
                    Some(_) => self.rest.by_ref().take_while(|character| *character != '}').collect(),
                    None => return Err(ESCAPE),
                };
                match name.as_str() {
                    "Lower" | "Upper" if self.flags.any_case => return Err(CASES),
                    "Lower" => "a-z",
                    "Upper" => "A-Z",
                    "ASCII" => r"\x00-\x7F",
                    "Alpha" => "A-Za-z",
                    "Digit" => "0-9",
                    "Alnum" => "0-9A-Za-z",
                    "Punct" => r"\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E",
                    "Graph" => r"\x21-\x7E",
                    "Print" => r"\x20-\x7E",
                    "Blank" => r"\x20\t",
                    "Cntrl" => r"\x00-\x1F\x7F",
                    "XDigit" => "0-9A-Fa-f",
                    "Space" => r"\t\n\x0B\x0C\r\x20",
                    _ => return Err("a Unicode character class in a regular expression"),
                }
            }
            _ => return Ok(None),
        };
        Ok(Some(if letter.is_ascii_uppercase() { format!("^{set}") } else { set.to_owned() }))
    }

    /// A single character by what follows its backslash.
    fn character(&mut self, letter: char) -> Result<char, Fault> {
        let hexadecimal = |digits: String| {
            let valid = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            let number = u32::from_str_radix(&digits, 16).ok().filter(|_| valid);
            number.and_then(char::from_u32).ok_or(ESCAPE)
        };
        match letter {
            't' => Ok('\t'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            'f' => Ok('\u{c}'),
            'a' => Ok('\u{7}'),
            'e' => Ok('\u{1b}'),
            'x' if self.rest.next_if_eq(&'{').is_some() => {
                hexadecimal(self.rest.by_ref().take_while(|character| *character != '}').collect())
            }
            'x' => hexadecimal(self.rest.by_ref().take(2).collect()),
            'u' => hexadecimal(self.rest.by_ref().take(4).collect()),
            other if other.is_ascii_alphanumeric() => Err(ESCAPE),
            other => Ok(other),
        }
    }

    /// The characters in brackets.
    fn brackets(&mut self) -> Result<String, Fault> {
        let mut written = String::from("[");
        if self.rest.next_if_eq(&'^').is_some() {
            written.push('^');
        }
        let mut first = true;
        loop {
            let character = self.rest.next().ok_or(NESTED)?;
            let low = match character {
                ']' if !first => return Ok(written + "]"),
                '[' => return Err(NESTED),
                '&' if self.rest.peek() == Some(&'&') => return Err(NESTED),
                '\\' => {
                    let letter = self.rest.next().ok_or(ESCAPE)?;
                    match self.named(letter)? {
                        // Another set's opposite among others needs brackets in brackets.
                        Some(set) if set.starts_with('^') => return Err(NESTED),
                        Some(set) => {
                            written.push_str(&set);
                            first = false;
                            continue;
                        }
                        None if matches!(letter, 'Q' | 'E' | 'b' | 'B' | '0') => return Err(ESCAPE),
                        None => self.character(letter)?,
                    }
                }
                other => other,
            };
            first = false;
            let mut ahead = self.rest.clone();
            let high = match (ahead.next(), ahead.next()) {
                (Some('-'), Some('[')) => return Err(NESTED),
                (Some('-'), Some(']') | None) | (None, _) => low,
                (Some('-'), Some(_)) => {
                    self.rest.next();
                    match self.rest.next() {
                        Some('\\') => {
                            let letter = self.rest.next().ok_or(ESCAPE)?;
                            if self.named(letter)?.is_some() {
                                return Err(RANGE);
                            }
                            self.character(letter)?
                        }
                        Some(high) => high,
                        None => return Err(RANGE),
                    }
                }
                _ => low,
            };
            if high < low {
                return Err(RANGE);
            }
            written.push_str(&range(low, high));
            if self.flags.any_case {
                written.push_str(&other_case(low, high));
            }
        }
    }
}

fn range(low: char, high: char) -> String {
    if low == high { escaped(low) } else { format!("{}-{}", escaped(low), escaped(high)) }
}

/// The letters from A to Z of a range in the other case.
fn other_case(low: char, high: char) -> String {
    let mut written = String::new();
    for (first, last, shift) in [('a', 'z', -32), ('A', 'Z', 32)] {
        let (from, to) = (low.max(first), high.min(last));
        let moved = |letter: char| u32::from(letter).checked_add_signed(shift).and_then(char::from_u32);
        if let (true, Some(from), Some(to)) = (from <= to, moved(from), moved(to)) {
            written.push_str(&range(from, to));
        }
    }
    written
}

fn escaped(character: char) -> String {
    match character {
        letter if letter.is_ascii_alphanumeric() => letter.to_string(),
        other => format!(r"\x{{{:X}}}", u32::from(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGE, translated};

    #[test]
    fn deep_nesting_is_refused_and_not_followed() {
        assert!(translated(&format!("{}a{}", "(".repeat(20), ")".repeat(20))).is_ok());
        for levels in [51, 100_000] {
            let nested = format!("{}a{}", "(".repeat(levels), ")".repeat(levels));
            assert_eq!(translated(&nested).err(), Some(LARGE), "{levels}");
        }
    }
}
