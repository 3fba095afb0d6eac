//! A regular expression of Java's as a tree. Nothing is refused: what is not known takes one character of any kind.

use std::iter::Peekable;
use std::str::Chars;

/// Characters: those of ASCII one by one, all others together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Set {
    ascii: u128,
    others: bool,
}

impl Set {
    pub(super) const ALL: Self = Self { ascii: u128::MAX, others: true };
    pub(super) const NONE: Self = Self { ascii: 0, others: false };

    fn of(test: impl Fn(char) -> bool) -> Self {
        let ascii =
            (0..128_u8).filter(|byte| test(char::from(*byte))).fold(0, |set, byte| set | 1_u128 << byte);
        Self { ascii, others: false }
    }

    fn one(character: char) -> Self {
        match u8::try_from(character).ok().filter(u8::is_ascii) {
            Some(byte) => Self { ascii: 1 << byte, others: false },
            None => Self { ascii: 0, others: true },
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self { ascii: self.ascii | other.ascii, others: self.others || other.others }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self { ascii: self.ascii & other.ascii, others: self.others && other.others }
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::NONE
    }

    fn opposite(self) -> Self {
        // What is not in a set of others may be another one of them.
        Self { ascii: !self.ascii, others: true }
    }

    fn any_case(self) -> Self {
        let mut set = self;
        for letter in b'a'..=b'z' {
            let both = 1_u128 << letter | 1_u128 << letter.to_ascii_uppercase();
            if set.ascii & both != 0 {
                set.ascii |= both;
            }
        }
        set
    }
}

#[derive(Clone, Debug)]
pub(super) enum Node {
    /// One character.
    One(Set),
    /// A place that may fail: an end, a boundary, a look-around.
    Test,
    /// The start of the text.
    Start,
    /// One after the other.
    All(Vec<Node>),
    /// One of them.
    Any(Vec<Node>),
    /// So many times.
    Repeat { node: Box<Node>, least: u32, most: Option<u32> },
    /// What is not gone back into.
    Atomic(Box<Node>),
}

impl Node {
    pub(super) fn parts(&self) -> Vec<&Node> {
        match self {
            Self::One(_) | Self::Test | Self::Start => Vec::new(),
            Self::All(parts) | Self::Any(parts) => parts.iter().collect(),
            Self::Repeat { node, .. } | Self::Atomic(node) => vec![node],
        }
    }

    /// Whether it always takes as many characters, in one way.
    pub(super) fn is_fixed(&self) -> bool {
        match self {
            Self::One(_) | Self::Test | Self::Start => true,
            Self::All(parts) => parts.iter().all(Self::is_fixed),
            Self::Any(parts) => parts.len() == 1 && parts[0].is_fixed(),
            Self::Repeat { node, least, most } => *most == Some(*least) && node.is_fixed(),
            Self::Atomic(node) => node.is_fixed(),
        }
    }

    /// Its parts, counted.
    pub(super) fn weight(&self) -> u32 {
        1 + self.parts().into_iter().map(Self::weight).fold(0, u32::saturating_add)
    }

    /// The fewest characters that it takes.
    pub(super) fn shortest(&self) -> u32 {
        match self {
            Self::One(_) => 1,
            Self::Test | Self::Start => 0,
            Self::All(parts) => parts.iter().map(Self::shortest).fold(0, u32::saturating_add),
            Self::Any(parts) => parts.iter().map(Self::shortest).min().unwrap_or(0),
            Self::Repeat { node, least, .. } => node.shortest().saturating_mul(*least),
            Self::Atomic(node) => node.shortest(),
        }
    }

    /// Whether it begins at the start of the text alone.
    pub(super) fn is_anchored(&self) -> bool {
        match self {
            Self::Start => true,
            // Flags and the like are nothing.
            Self::All(parts) => {
                let is_nothing = |part: &&Self| matches!(part, Self::All(inner) if inner.is_empty());
                parts.iter().find(|part| !is_nothing(part)).is_some_and(Self::is_anchored)
            }
            Self::Any(parts) => !parts.is_empty() && parts.iter().all(Self::is_anchored),
            Self::Atomic(node) => node.is_anchored(),
            Self::One(_) | Self::Test | Self::Repeat { .. } => false,
        }
    }
}

/// Parentheses within parentheses that are followed.
const MAX_DEPTH: usize = 250;

pub(super) fn read(expression: &str) -> Node {
    let mut reader = Reader { rest: expression.chars().peekable(), any_case: false };
    let mut parts = Vec::new();
    // A parenthesis too many is not an expression; what is after it is read all the same.
    while reader.rest.peek().is_some() {
        parts.push(reader.alternatives(0));
        reader.rest.next();
    }
    match parts.len() {
        1 => parts.remove(0),
        _ => Node::All(parts),
    }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    any_case: bool,
}

impl Reader<'_> {
    fn alternatives(&mut self, depth: usize) -> Node {
        let before = self.any_case;
        let mut all = vec![self.sequence(depth)];
        while self.rest.next_if_eq(&'|').is_some() {
            all.push(self.sequence(depth));
        }
        self.any_case = before;
        if all.len() == 1 { all.remove(0) } else { Node::Any(all) }
    }

    fn sequence(&mut self, depth: usize) -> Node {
        let mut parts = Vec::new();
        while let Some(&character) = self.rest.peek() {
            if matches!(character, '|' | ')') {
                break;
            }
            self.rest.next();
            if character == '\\' && self.rest.next_if_eq(&'Q').is_some() {
                self.quoted(&mut parts);
            } else {
                parts.push(self.atom(character, depth));
            }
            if let Some(last) = parts.pop() {
                parts.push(self.quantified(last));
            }
        }
        Node::All(parts)
    }

    fn quoted(&mut self, parts: &mut Vec<Node>) {
        while let Some(character) = self.rest.next() {
            if character == '\\' && self.rest.next_if_eq(&'E').is_some() {
                return;
            }
            parts.push(Node::One(self.cased(Set::one(character))));
        }
    }

    fn cased(&self, set: Set) -> Set {
        if self.any_case { set.any_case() } else { set }
    }

    fn atom(&mut self, character: char, depth: usize) -> Node {
        match character {
            '.' => Node::One(Set::ALL),
            '^' => Node::Start,
            '$' => Node::Test,
            '[' => {
                let set = self.brackets(0);
                Node::One(self.cased(set))
            }
            '(' => self.group(depth),
            '\\' => self.escape(),
            other => Node::One(self.cased(Set::one(other))),
        }
    }

    fn group(&mut self, depth: usize) -> Node {
        let before = self.any_case;
        let (mut test, mut atomic) = (false, false);
        if self.rest.next_if_eq(&'?').is_some() {
            match self.rest.next() {
                Some('=' | '!') => test = true,
                Some('>') => atomic = true,
                Some('<') => match self.rest.next_if(|next| matches!(next, '=' | '!')) {
                    Some(_) => test = true,
                    None => while self.rest.next().is_some_and(|next| next != '>') {},
                },
                mut flag => {
                    let mut on = true;
                    loop {
                        match flag {
                            Some(':') | None => break,
                            Some(')') => return Node::All(Vec::new()),
                            Some('-') => on = false,
                            Some('i') => self.any_case = on,
                            _ => {}
                        }
                        flag = self.rest.next();
                    }
                }
            }
        }
        if depth >= MAX_DEPTH {
            return Node::One(Set::ALL);
        }
        let inner = self.alternatives(depth + 1);
        self.any_case = before;
        self.rest.next_if_eq(&')');
        match (test, atomic) {
            // What it takes it gives back, but it may take long.
            (true, _) => {
                Node::All(vec![Node::Repeat { node: Box::new(inner), least: 0, most: Some(1) }, Node::Test])
            }
            (_, true) => Node::Atomic(Box::new(inner)),
            // A group, so that it weighs more than what is in it.
            _ => Node::All(vec![inner]),
        }
    }

    fn quantified(&mut self, node: Node) -> Node {
        let Some(sign) = self.rest.next_if(|next| matches!(next, '*' | '+' | '?' | '{')) else { return node };
        let (least, most) = match sign {
            '*' => (0, None),
            '+' => (1, None),
            '?' => (0, Some(1)),
            _ => {
                let times: String = self.rest.by_ref().take_while(|next| *next != '}').collect();
                let number = |text: &str| text.trim().parse::<u32>().ok();
                match times.split_once(',') {
                    None => (number(&times).unwrap_or(0), Some(number(&times).unwrap_or(1))),
                    Some((least, most)) => (number(least).unwrap_or(0), number(most)),
                }
            }
        };
        let node = Node::Repeat { node: Box::new(node), least, most };
        match self.rest.peek() {
            Some('+') => {
                self.rest.next();
                Node::Atomic(Box::new(node))
            }
            Some('?') => {
                self.rest.next();
                node
            }
            _ => node,
        }
    }

    fn escape(&mut self) -> Node {
        let Some(letter) = self.rest.next() else { return Node::Test };
        match letter {
            'A' => Node::Start,
            'z' | 'Z' | 'b' | 'B' | 'G' => Node::Test,
            'E' => Node::All(Vec::new()),
            // What a group holds is taken in one way; how much of it is not known.
            '1'..='9' | 'k' => {
                if letter == 'k' {
                    while self.rest.next().is_some_and(|next| next != '>') {}
                }
                let any = Node::Repeat { node: Box::new(Node::One(Set::ALL)), least: 0, most: None };
                Node::Atomic(Box::new(any))
            }
            _ => {
                let set = self.escaped(letter);
                Node::One(self.cased(set))
            }
        }
    }

    /// The characters that a backslash and a letter stand for.
    fn escaped(&mut self, letter: char) -> Set {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let blank = |c: char| c.is_ascii_whitespace() || c == '\u{b}';
        match letter {
            'd' => Set::of(|c| c.is_ascii_digit()),
            'D' => Set::of(|c| c.is_ascii_digit()).opposite(),
            'w' => Set::of(word),
            'W' => Set::of(word).opposite(),
            's' => Set::of(blank),
            'S' => Set::of(blank).opposite(),
            't' => Set::one('\t'),
            'n' => Set::one('\n'),
            'r' => Set::one('\r'),
            'f' => Set::one('\u{c}'),
            'p' | 'P' => {
                let name: String = match self.rest.next_if_eq(&'{') {
                    Some(_) => self.rest.by_ref().take_while(|next| *next != '}').collect(),
                    None => self.rest.next().map(String::from).unwrap_or_default(),
                };
                let set = match name.as_str() {
                    "Lower" => Set::of(|c| c.is_ascii_lowercase()),
                    "Upper" => Set::of(|c| c.is_ascii_uppercase()),
                    "Alpha" => Set::of(|c| c.is_ascii_alphabetic()),
                    "Digit" => Set::of(|c| c.is_ascii_digit()),
                    "Alnum" => Set::of(|c| c.is_ascii_alphanumeric()),
                    "Punct" => Set::of(|c| c.is_ascii_punctuation()),
                    "Space" => Set::of(blank),
                    _ => return Set::ALL,
                };
                if letter == 'P' { set.opposite() } else { set }
            }
            'x' | 'u' => {
                let code: String = match self.rest.next_if_eq(&'{') {
                    Some(_) => self.rest.by_ref().take_while(|next| *next != '}').collect(),
                    None => self.rest.by_ref().take(if letter == 'x' { 2 } else { 4 }).collect(),
                };
                u32::from_str_radix(&code, 16).ok().and_then(char::from_u32).map_or(Set::ALL, Set::one)
            }
            other if other.is_ascii_alphanumeric() => Set::ALL,
            other => Set::one(other),
        }
    }

    /// The characters in brackets, after the one that opens them.
    fn brackets(&mut self, depth: usize) -> Set {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut set = Set::NONE;
        let mut first = true;
        while let Some(character) = self.rest.next() {
            let single = match character {
                ']' if !first => break,
                '[' if depth < MAX_DEPTH => {
                    set = set.or(self.brackets(depth + 1));
                    None
                }
                // What both have in common is in the first.
                '&' if self.rest.peek() == Some(&'&') => {
                    self.rest.next();
                    None
                }
                '\\' => {
                    let letter = self.rest.next().unwrap_or('\\');
                    let escaped = self.escaped(letter);
                    set = set.or(escaped);
                    let plain = escaped.ascii.count_ones() == 1 && !escaped.others;
                    char::from_u32(escaped.ascii.trailing_zeros()).filter(|_| plain)
                }
                other => {
                    set = set.or(Set::one(other));
                    Some(other)
                }
            };
            first = false;
            let mut ahead = self.rest.clone();
            if let (Some(low), Some('-'), Some(high)) = (single, ahead.next(), ahead.next())
                && !matches!(high, ']' | '[' | '\\')
            {
                self.rest.next();
                self.rest.next();
                let others = Set { ascii: 0, others: !high.is_ascii() };
                set = set.or(Set::of(|c| (low..=high).contains(&c))).or(others);
            }
        }
        if negated { set.opposite() } else { set }
    }
}
