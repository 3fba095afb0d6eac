//! Places of secret values in a text. The text is searched without parsing it, since a spec that cannot be parsed is
//! shown as well.

use std::ops::Range;

use super::secrets::is_secret;

/// How far the end of a quoted or bracketed value is looked for, bytes: a spec is shorter, and its search is bounded.
const REACH_BYTES: usize = 1 << 16;

/// The user names, passwords and secret parameters of all URLs.
pub(super) fn of_urls(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    for (at, _) in text.match_indices("://") {
        let from = at + 3;
        let end = text[from..].find(|c: char| c.is_whitespace() || "/?#\"'<>,}".contains(c));
        let end = end.map_or(text.len(), |end| from + end);
        if let Some(user) = text[from..end].rfind('@') {
            ranges.push(from..from + user);
        }
    }
    let mut from = 0;
    while let Some(equals) = text[from..].find('=').map(|at| from + at) {
        from = equals + 1;
        let is_of_name = |c: char| c.is_alphanumeric() || "_-.%[]~$".contains(c);
        let before = text[..equals].trim_end_matches(is_of_name);
        if before.ends_with(['?', '&', '#', ';']) && is_secret(&text[before.len()..equals]) {
            let quote = open_quote(before);
            let ends = |c: char| match quote {
                Some(quote) => c == quote || c == '\n',
                None => c.is_whitespace(),
            };
            let length = text[from..].find(|c: char| "&#".contains(c) || ends(c));
            let end = length.map_or(text.len(), |length| from + length);
            ranges.push(from..end);
            from = end;
        }
    }
    ranges
}

/// The least length of an unbroken text that is taken for a private key, bytes: that of an RSA key of 2,048 bits has 1,600 in base64.
const KEY_BYTES: usize = 200;

/// Private keys, whatever their names are: PEM, and long texts in base64.
pub(super) fn of_keys(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    const HEAD: &str = "PRIVATE KEY-----";
    for (at, _) in text.match_indices("-----BEGIN ") {
        let line = text[at..].find('\n').map_or(text.len(), |length| at + length);
        let Some(head) = text[at..line].find(HEAD) else { continue };
        let from = at + head + HEAD.len();
        let end = text[from..].find("-----END").map_or(text.len(), |length| from + length);
        ranges.push(from..end);
    }
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    let mut from = 0;
    for run in text.split(|c| !is_base64(c)) {
        let has = |of: fn(&char) -> bool| run.chars().any(|c| of(&c));
        let is_mixed =
            has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase) && has(char::is_ascii_digit);
        if run.len() >= KEY_BYTES && is_mixed {
            ranges.push(from..from + run.len());
        }
        // The separator may have several bytes.
        from += run.len();
        from += text[from..].chars().next().map_or(0, char::len_utf8);
    }
    ranges
}

/// The quote that the last word of a text opens and does not close.
fn open_quote(text: &str) -> Option<char> {
    let reach = text.floor_char_boundary(text.len().saturating_sub(REACH_BYTES));
    let word = text[reach..].rsplit(char::is_whitespace).next().unwrap_or_default();
    let mut open = None;
    for c in word.chars().filter(|c| "\"'`".contains(*c)) {
        match open {
            None => open = Some(c),
            Some(quote) if quote == c => open = None,
            Some(_) => {}
        }
    }
    open
}

/// A key of a YAML text.
struct Key {
    name: Range<usize>,
    /// Behind the colon.
    value: usize,
    /// A quote before the name that is not closed after it: `- "Authorization: Basic .."`.
    quote: Option<char>,
}

fn keys(text: &str) -> impl Iterator<Item = Key> {
    text.match_indices(':').filter_map(|(colon, _)| {
        let head = text[..colon].trim_end_matches([' ', '\t']);
        let closed = head.chars().next_back().filter(|c| "\"'".contains(*c));
        let head = &head[..head.len() - closed.map_or(0, char::len_utf8)];
        let start = head.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "_-.".contains(c)).len();
        let before = text[..start].chars().next_back();
        let quote = before.filter(|c| "\"'".contains(*c));
        let is_key = match (closed, quote) {
            (Some(_), _) => closed == quote,
            (None, Some(_)) => true,
            (None, None) => before.is_none_or(|c| c.is_whitespace() || "{[,".contains(c)),
        };
        let quote = quote.filter(|_| closed.is_none());
        (is_key && start < head.len() && !text[colon..].starts_with("://")).then(|| Key {
            name: start..head.len(),
            value: colon + 1,
            quote,
        })
    })
}

/// The values of all headers that carry a secret, and of all keys that have the name of one.
pub(super) fn of_headers(text: &str) -> Vec<Range<usize>> {
    let (mut headers, mut named) = (Vec::new(), Vec::new());
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for key in keys(text) {
        let is_within = |regions: &[Range<usize>]| regions.iter().any(|one| one.contains(&key.name.start));
        let name = &text[key.name.clone()];
        let lower = name.to_ascii_lowercase();
        let of_key = || extent(text, key.name.start, key.value, key.quote);
        if lower.starts_with("header") {
            headers.push(of_key());
        }
        // Names in these are the user's: a column `token` has a type, a tag `key` a value.
        if ["columns", "keys", "outputs", "reference_tables", "tags"].contains(&lower.as_str()) {
            named.push(of_key());
        }
        // The name `key` is common.
        let is_header = is_within(&headers) || (!is_within(&named) && lower != "key");
        // The ARN of a secret is not one.
        let is_arn =
            |range: Range<usize>| text[range].trim_matches([' ', '\t', '"', '\'']).starts_with("arn:");
        if is_header && is_secret(name) && !is_within(&ranges) && !is_arn(of_key()) {
            ranges.push(of_key());
        }
    }
    for alias in 0..ranges.len() {
        let value = text[ranges[alias].clone()].trim();
        let Some(name) = value.strip_prefix('*').and_then(|name| name.split_whitespace().next()) else {
            continue;
        };
        let anchor = format!("&{}", name.trim_end_matches([',', '}', ']']));
        for (at, _) in text.match_indices(&anchor) {
            let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
            let indent = text[line..].len() - text[line..].trim_start_matches(' ').len();
            let key = if text[line..at].contains(['{', '[']) { at } else { line + indent };
            ranges.push(extent(text, key.min(at), at + anchor.len(), None));
        }
    }
    ranges
}

/// The value of a key: in braces, the text up to the next key; otherwise, all following lines with more indentation.
fn extent(text: &str, key: usize, value: usize, quote: Option<char>) -> Range<usize> {
    let line = text[..key].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[value..].find('\n').map_or(text.len(), |newline| value + newline);
    let before = text[line..key].trim_end_matches(['"', '\'']);
    let is_flow = before.contains(['{', '[']);
    let indentation = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let lines = || {
        let indent = if is_flow { indentation(before) } else { before.chars().count() };
        let mut end = line_end;
        while let Some(next) = text.get(end + 1..) {
            let next = next.split('\n').next().unwrap_or_default();
            let is_entry = indentation(next) == indent && next.trim_start().starts_with("- ") && !is_flow;
            if !next.trim().is_empty() && indentation(next) <= indent && !is_entry {
                break;
            }
            end += 1 + next.len();
        }
        end
    };
    if let Some(quote) = quote {
        return value..closing_quote(text, value, quote).unwrap_or(line_end);
    }
    let blank = text[value..].len() - text[value..].trim_start_matches([' ', '\t']).len();
    let first = value + blank;
    let end = match text[first..].chars().next() {
        Some(quote @ ('"' | '\'')) => {
            closing_quote(text, first + 1, quote).map(|end| end.max(line_of(text, first, is_flow)))
        }
        Some('{' | '[') => closing_bracket(text, first),
        _ if is_flow => flow_end(&text[first..line_end]).map(|length| first + length),
        _ => None,
    };
    value..end.unwrap_or_else(lines)
}

/// Outside of braces, what follows a closing quote on its line is no other key.
fn line_of(text: &str, at: usize, is_flow: bool) -> usize {
    if is_flow { at } else { text[at..].find('\n').map_or(text.len(), |newline| at + newline) }
}

/// Where a plain value in braces ends on its line: at a bracket, or at a comma before another key.
fn flow_end(line: &str) -> Option<usize> {
    line.char_indices().find_map(|(at, c)| match c {
        '}' | ']' => Some(at),
        ',' => {
            let next = line[at + 1..].split([',', '}', ']']).next().unwrap_or_default();
            let is_key = next.split_once(':').is_some_and(|(name, _)| {
                let name = name.trim().trim_matches(['"', '\'']);
                !name.is_empty() && !name.contains(char::is_whitespace)
            });
            is_key.then_some(at)
        }
        _ => None,
    })
}

/// Where the quote is that closes a text.
fn closing_quote(text: &str, from: usize, quote: char) -> Option<usize> {
    let mut chars = text[from..].char_indices().take_while(|(at, _)| *at < REACH_BYTES).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' if quote == '"' => {
                chars.next();
            }
            '\'' if quote == c && chars.peek().is_some_and(|(_, next)| *next == quote) => {
                chars.next();
            }
            c if c == quote => return Some(from + at),
            _ => {}
        }
    }
    None
}

/// Behind the bracket that closes the one at a place.
fn closing_bracket(text: &str, from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = from;
    while at < text.len().min(from + REACH_BYTES) {
        let c = text[at..].chars().next()?;
        at += c.len_utf8();
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            '"' | '\'' if text[..at - 1].ends_with([' ', ',', ':', '{', '[']) => {
                at = closing_quote(text, at, c)? + 1;
            }
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}
