//! A response in XML as a tree of members, as much of XML as AWS's services write. A map of the query protocol, a list of
//! entries with a key and a value, is an object too.

use serde_json::{Map, Value};
use xmlparser::{ElementEnd, Token, Tokenizer};

/// The members of the root: an element is a text or an object of its elements. Elements of one name are a list if there are
/// several. `None` if it is not XML.
pub(super) fn read(text: &str) -> Option<Value> {
    let mut open: Vec<(String, Map<String, Value>, String)> = Vec::new();
    for token in Tokenizer::from(text) {
        match token.ok()? {
            Token::ElementStart { local, .. } => open.push((local.to_string(), Map::new(), String::new())),
            Token::Text { text } => {
                if let Some((_, _, content)) = open.last_mut() {
                    content.push_str(&unescaped(&text));
                }
            }
            Token::Cdata { text, .. } => open.last_mut()?.2.push_str(&text),
            Token::ElementEnd { end: ElementEnd::Open, .. } => {}
            Token::ElementEnd { .. } => {
                let (name, members, content) = open.pop()?;
                let value = match members.is_empty() {
                    true => Value::String(content),
                    false => Value::Object(map(&members).unwrap_or(members)),
                };
                let Some((_, parent, _)) = open.last_mut() else { return Some(value) };
                add(parent, name, value);
            }
            _ => {}
        }
    }
    None
}

fn add(members: &mut Map<String, Value>, name: String, value: Value) {
    match members.get_mut(&name) {
        Some(Value::Array(list)) => list.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
        None => {
            members.insert(name, value);
        }
    }
}

/// The map that the entries are.
fn map(members: &Map<String, Value>) -> Option<Map<String, Value>> {
    let entries = members.get("entry").filter(|_| members.len() == 1)?;
    let entries = entries.as_array().map_or(std::slice::from_ref(entries), Vec::as_slice);
    let pair = |entry: &Value| Some((entry.get("key")?.as_str()?.to_owned(), entry.get("value")?.clone()));
    entries.iter().map(pair).collect()
}

/// The text without the references of XML to characters.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut unescaped = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').unwrap_or((part, ""));
        let character = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            number => number.strip_prefix('#').and_then(numbered),
        };
        match character {
            Some(character) => unescaped.push(character),
            None => unescaped.push_str(name),
        }
        unescaped.push_str(rest);
    }
    unescaped
}

fn numbered(number: &str) -> Option<char> {
    let code = match number.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn elements_are_members() {
        let text = "<?xml version=\"1.0\"?>\n<Root xmlns=\"http://x/\"><id>1</id>\n <set><item><vpcId>v</vpcId><none/></item></set>\
                    <tag>a &amp; b&#x20;&quot;c&quot;</tag><tag>d</tag></Root>";
        let expected =
            json!({"id": "1", "set": {"item": {"vpcId": "v", "none": ""}}, "tag": ["a & b \"c\"", "d"]});
        assert_eq!(read(text), Some(expected));
    }

    #[test]
    fn entries_are_a_map() {
        let entry = |key: &str| format!("<entry><key>{key}</key><value>of {key}</value></entry>");
        let text = format!("<R><one>{}</one><two>{}{}</two></R>", entry("a"), entry("a"), entry("b"));
        assert_eq!(read(&text), Some(json!({"one": {"a": "of a"}, "two": {"a": "of a", "b": "of b"}})));
        let other = "<R><entry>a</entry></R>";
        assert_eq!(read(other), Some(json!({"entry": "a"})));
    }

    #[test]
    fn what_is_not_xml_has_no_members() {
        for text in ["", "text", "{}", "<a><b></a", "<a", "<"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
