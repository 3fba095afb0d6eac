//! The filters of the templates. Each gives text that needs no more escaping, and refuses what could be more than
//! the value that it stands for.

use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind};

pub(super) fn add(environment: &mut Environment) {
    environment.add_filter("cfn", cfn);
    environment.add_filter("id", id);
    environment.add_filter("suffix", suffix);
    environment.add_filter("path", path);
    environment.add_filter("pointer", pointer);
    environment.add_filter("words", words);
    environment.add_filter("action", action);
    environment.add_filter("comment", comment);
    environment.add_filter("block", block);
}

fn refuse(what: &str, text: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("{what}: {text:?}"))
}

fn json(text: &str) -> Result<String, Error> {
    serde_json::to_string(text).map_err(|_| refuse("no JSON", text))
}

/// A [`crate::plan::value::Value`] in YAML's short form: `!GetAtt Stream.Arn`.
fn cfn(value: &Value) -> Result<Value, Error> {
    let part = |name: &str| value.get_attr(name).ok().filter(|part| !part.is_undefined());
    let text = |value: &Value| {
        value.as_str().map(str::to_owned).ok_or_else(|| refuse("no text", &value.to_string()))
    };
    let written = if let Some(name) = part("Ref") {
        let name = text(&name)?;
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == ':') {
            return Err(refuse("no name to refer to", &name));
        }
        format!("!Ref {name}")
    } else if let Some(pair) = part("GetAtt") {
        let names: Result<Vec<String>, Error> = pair.try_iter()?.map(|part| text(&part)).collect();
        format!("!GetAtt {}", checked(&names?.join("."), |c| c == '.')?)
    } else if let Some(pattern) = part("Sub") {
        format!("!Sub {}", json(&text(&pattern)?)?)
    } else if let Some(literal) = part("Text") {
        json(&text(&literal)?)?
    } else {
        return Err(refuse("no value of a template", &value.to_string()));
    };
    Ok(Value::from_safe_string(written))
}

fn checked(text: &str, also: fn(char) -> bool) -> Result<&str, Error> {
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || also(c)) {
        Ok(text)
    } else {
        Err(refuse("not a plain word", text))
    }
}

/// A logical id, an operator, a statement id: letters and digits.
fn id(text: &str) -> Result<Value, Error> {
    Ok(Value::from_safe_string(checked(text, |_| false)?.to_owned()))
}

/// The end of a logical id, which may be empty.
fn suffix(text: &str) -> Result<Value, Error> {
    if text.is_empty() { Ok(Value::from_safe_string(String::new())) } else { id(text) }
}

/// A logical id with an attribute.
fn path(text: &str) -> Result<Value, Error> {
    Ok(Value::from_safe_string(checked(text, |c| c == '.')?.to_owned()))
}

/// A JSON pointer to a key of the spec.
fn pointer(text: &str) -> Result<Value, Error> {
    Ok(Value::from_safe_string(checked(text, |c| matches!(c, '/' | '_' | '-'))?.to_owned()))
}

/// Words of pipec's own that are YAML as they are: letters and digits with blanks between.
fn words(text: &str) -> Result<Value, Error> {
    Ok(Value::from_safe_string(checked(text, |c| c == ' ')?.to_owned()))
}

/// An IAM action; never with a wildcard.
fn action(text: &str) -> Result<Value, Error> {
    Ok(Value::from_safe_string(checked(text, |c| matches!(c, ':' | '-'))?.to_owned()))
}

/// The text of a comment: one line.
fn comment(text: &str) -> Result<Value, Error> {
    if text.chars().any(char::is_control) {
        return Err(refuse("not one line", text));
    }
    Ok(Value::from_safe_string(text.to_owned()))
}

/// The lines of a literal block, indented; the first line's indentation is the template's own.
fn block(text: &str, indentation: usize) -> Result<Value, Error> {
    if text.chars().any(|c| c.is_control() && c != '\n' || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}'))
    {
        return Err(refuse("no text for a block", text));
    }
    let indentation = format!("\n{}", " ".repeat(indentation));
    Ok(Value::from_safe_string(text.trim_end().replace('\n', &indentation)))
}
