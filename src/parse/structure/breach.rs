//! A value held against the JSON Schema: the keywords that the spec's types give, and every breach of them.
//!
//! Each breach names the subschema that it breaks, since a diagnostic lists what is allowed there. The schema is read as
//! it is, without a step of compilation: a spec has a hundred values, and most runs look at one spec.
//!
//! `allOf` is not read: it has limits for editors, whose breach `check` reports in its own words.

use std::cell::RefCell;
use std::collections::HashMap;

use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::parse::step;
use crate::spec::schema;

/// A keyword of the schema that a value breaks.
#[derive(Debug)]
pub(super) struct Breach<'v> {
    /// Which keyword.
    pub(super) keyword: Keyword<'v>,
    /// JSON pointer of the value.
    pub(super) pointer: String,
    /// The value.
    pub(super) value: &'v Value,
    /// The subschema with the keyword.
    pub(super) subschema: &'static Value,
}

/// A keyword of JSON Schema, with what an explanation needs.
#[derive(Debug)]
pub(super) enum Keyword<'v> {
    /// `type`: the one that is asked for.
    Type(&'static str),
    /// `const`.
    Constant(&'static Value),
    /// `pattern`.
    Pattern,
    /// `minimum`.
    Minimum(&'static Value),
    /// `exclusiveMinimum`.
    ExclusiveMinimum(&'static Value),
    /// `maximum`.
    Maximum(&'static Value),
    /// `minItems`.
    MinItems(u64),
    /// `maxItems`.
    MaxItems(u64),
    /// `minProperties`.
    MinProperties,
    /// `maxProperties`.
    MaxProperties(u64),
    /// `required`: the key that is missing.
    Required(&'static str),
    /// `additionalProperties: false`: the keys.
    Unexpected(Vec<&'v str>),
    /// `propertyNames`: the key.
    PropertyName(&'v str),
    /// `anyOf` or `oneOf`: the breaches of each branch.
    NoBranch(Vec<Vec<Breach<'v>>>),
    /// `oneOf`.
    SeveralBranches,
}

/// Every breach of the schema of a spec, or of a part of one: then nothing is required, since what is missing is there
/// in the spec that the part is merged into.
pub(super) fn breaches(value: &Value, is_part: bool) -> Vec<Breach<'_>> {
    let mut walk = Walk { is_part, pointer: String::new(), found: Vec::new() };
    walk.value(value, schema::schema());
    walk.found
}

/// Whether a value breaks no keyword of a subschema.
pub(super) fn fits(value: &Value, subschema: &'static Value) -> bool {
    let mut walk = Walk { is_part: false, pointer: String::new(), found: Vec::new() };
    walk.value(value, subschema);
    walk.found.is_empty()
}

struct Walk<'v> {
    is_part: bool,
    pointer: String,
    found: Vec<Breach<'v>>,
}

impl<'v> Walk<'v> {
    fn report(&mut self, keyword: Keyword<'v>, value: &'v Value, subschema: &'static Value) {
        self.found.push(Breach { keyword, pointer: self.pointer.clone(), value, subschema });
    }

    fn value(&mut self, value: &'v Value, subschema: &'static Value) {
        let Some(keywords) = subschema.as_object() else { return };
        if let Some(target) = keywords.get("$ref").and_then(|_| schema::follow(schema::schema(), subschema)) {
            self.value(value, target);
        }
        for (keyword, operand) in keywords {
            match (keyword.as_str(), operand) {
                ("type", Value::String(wanted)) if !is_of_type(value, wanted) => {
                    self.report(Keyword::Type(wanted), value, subschema);
                }
                ("const", _) if value != operand => {
                    self.report(Keyword::Constant(operand), value, subschema);
                }
                ("oneOf" | "anyOf", Value::Array(branches)) => {
                    self.branches(branches, keyword == "oneOf", value, subschema);
                }
                _ => match value {
                    Value::String(text) => self.text(text, keyword, operand, value, subschema),
                    Value::Number(_) => self.number(keyword, operand, value, subschema),
                    Value::Array(items) => self.list(items, keyword, operand, value, subschema),
                    Value::Object(entries) => self.object(entries, keyword, operand, value, subschema),
                    Value::Null | Value::Bool(_) => {}
                },
            }
        }
    }

    fn branches(
        &mut self,
        branches: &'static [Value],
        is_exclusive: bool,
        value: &'v Value,
        subschema: &'static Value,
    ) {
        if self.is_part && is_exclusive && branches.iter().all(|branch| branch.get("required").is_some()) {
            return;
        }
        let mut broken = Vec::with_capacity(branches.len());
        for branch in branches {
            let before = self.found.len();
            self.value(value, branch);
            broken.push(self.found.split_off(before));
        }
        match broken.iter().filter(|breaches| breaches.is_empty()).count() {
            0 => self.report(Keyword::NoBranch(broken), value, subschema),
            1 => {}
            _ if is_exclusive => self.report(Keyword::SeveralBranches, value, subschema),
            _ => {}
        }
    }

    fn text(
        &mut self,
        text: &str,
        keyword: &str,
        operand: &'static Value,
        value: &'v Value,
        subschema: &'static Value,
    ) {
        if let ("pattern", Some(pattern)) = (keyword, operand.as_str())
            && !matches(pattern, text)
        {
            self.report(Keyword::Pattern, value, subschema);
        }
    }

    fn number(
        &mut self,
        keyword: &str,
        operand: &'static Value,
        value: &'v Value,
        subschema: &'static Value,
    ) {
        let (Some(number), Some(limit)) = (value.as_f64(), operand.as_f64()) else { return };
        let broken = match keyword {
            "minimum" if number < limit => Keyword::Minimum(operand),
            "exclusiveMinimum" if number <= limit => Keyword::ExclusiveMinimum(operand),
            "maximum" if number > limit => Keyword::Maximum(operand),
            _ => return,
        };
        self.report(broken, value, subschema);
    }

    fn list(
        &mut self,
        items: &'v [Value],
        keyword: &str,
        operand: &'static Value,
        value: &'v Value,
        subschema: &'static Value,
    ) {
        let (count, limit) = (items.len() as u64, operand.as_u64().unwrap_or_default());
        match keyword {
            "minItems" if count < limit => self.report(Keyword::MinItems(limit), value, subschema),
            "maxItems" if count > limit => self.report(Keyword::MaxItems(limit), value, subschema),
            "items" => {
                for (index, item) in items.iter().enumerate() {
                    self.below(&index.to_string(), item, operand);
                }
            }
            _ => {}
        }
    }

    fn object(
        &mut self,
        entries: &'v Map<String, Value>,
        keyword: &str,
        operand: &'static Value,
        value: &'v Value,
        subschema: &'static Value,
    ) {
        let (count, limit) = (entries.len() as u64, operand.as_u64().unwrap_or_default());
        match keyword {
            "minProperties" if count < limit && !self.is_part => {
                self.report(Keyword::MinProperties, value, subschema);
            }
            "maxProperties" if count > limit => {
                self.report(Keyword::MaxProperties(limit), value, subschema);
            }
            "required" if !self.is_part => {
                let keys = operand.as_array().into_iter().flatten().filter_map(Value::as_str);
                for key in keys.filter(|key| !entries.contains_key(*key)) {
                    self.report(Keyword::Required(key), value, subschema);
                }
            }
            "properties" => {
                for (key, child) in entries {
                    if let Some(subschema) = operand.get(key).filter(|_| self.is_known(key)) {
                        self.below(&step(key), child, subschema);
                    }
                }
            }
            "additionalProperties" => {
                let known = subschema.get("properties");
                let is_other =
                    |key: &str| known.and_then(|known| known.get(key)).is_none() || !self.is_known(key);
                let others: Vec<(&'v str, &'v Value)> = entries
                    .iter()
                    .filter(|(key, _)| is_other(key))
                    .map(|(key, child)| (key.as_str(), child))
                    .collect();
                if operand == &Value::Bool(false) {
                    if !others.is_empty() {
                        let keys = others.into_iter().map(|(key, _)| key).collect();
                        self.report(Keyword::Unexpected(keys), value, subschema);
                    }
                } else {
                    others.into_iter().for_each(|(key, child)| self.below(&step(key), child, operand));
                }
            }
            "propertyNames" => {
                let pattern = operand.get("pattern").and_then(Value::as_str).unwrap_or_default();
                for key in entries.keys().filter(|key| !matches(pattern, key)) {
                    self.report(Keyword::PropertyName(key), value, operand);
                }
            }
            _ => {}
        }
    }

    /// An environment has no environments of its own.
    fn is_known(&self, key: &str) -> bool {
        !(self.is_part && self.pointer.is_empty() && key == schema::ENVIRONMENTS)
    }

    fn below(&mut self, step: &str, value: &'v Value, subschema: &'static Value) {
        let end = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(step);
        self.value(value, subschema);
        self.pointer.truncate(end);
    }
}

fn is_of_type(value: &Value, wanted: &str) -> bool {
    match value {
        Value::Null => wanted == "null",
        Value::Bool(_) => wanted == "boolean",
        // A whole number written with a point is one to JSON Schema.
        Value::Number(number) => {
            wanted == "number"
                || wanted == "integer"
                    && (!number.is_f64() || number.as_f64().is_some_and(|number| number.fract() == 0.0))
        }
        Value::String(_) => wanted == "string",
        Value::Array(_) => wanted == "array",
        Value::Object(_) => wanted == "object",
    }
}

/// Whether a text has a pattern of the schema. A test holds that each of them can be read.
fn matches(pattern: &'static str, text: &str) -> bool {
    thread_local! {
        static READ: RefCell<HashMap<&'static str, Option<Regex>>> = RefCell::default();
    }
    READ.with_borrow_mut(|read| {
        let regex = read.entry(pattern).or_insert_with(|| Regex::new(pattern).ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::LazyLock;

    use jsonschema::ValidationError;
    use jsonschema::error::{TypeKind, ValidationErrorKind};
    use proptest::prelude::*;
    use proptest::sample::Index;
    use serde_json::json;

    use super::*;
    use crate::parse::Places;
    use crate::parse::tree;
    use crate::source::Sources;

    /// The schema as the reference implementation checks a part with it: of one pipeline, with nothing required.
    fn of_part() -> Value {
        let mut whole = of_whole();
        whole["properties"].as_object_mut().expect("keys").shift_remove(schema::ENVIRONMENTS);
        loosen(&mut whole);
        whole
    }

    /// The schema without what is only for editors.
    fn without_limits(subschema: &mut Value) {
        match subschema {
            Value::Object(entries) => {
                entries.remove("allOf");
                entries.values_mut().for_each(without_limits);
            }
            Value::Array(items) => items.iter_mut().for_each(without_limits),
            _ => {}
        }
    }

    /// The schema of a whole spec.
    fn of_whole() -> Value {
        let mut whole = schema::schema().clone();
        without_limits(&mut whole);
        whole
    }

    fn loosen(subschema: &mut Value) {
        let Some(entries) = subschema.as_object_mut() else { return };
        entries.retain(|key, _| !matches!(key.as_str(), "required" | "minProperties"));
        let is_choice = |branch: &Value| branch.get("required").is_some();
        if entries.get("oneOf").and_then(Value::as_array).is_some_and(|all| all.iter().all(is_choice)) {
            entries.remove("oneOf");
        }
        for (key, child) in entries {
            match (key.as_str(), child) {
                ("properties" | "$defs", Value::Object(children)) => {
                    children.values_mut().for_each(loosen);
                }
                ("anyOf" | "oneOf", Value::Array(children)) => children.iter_mut().for_each(loosen),
                ("additionalProperties", child) => loosen(child),
                _ => {}
            }
        }
    }

    /// Keyword, place and subschema of each breach, sorted.
    fn own(breaches: &[Breach]) -> Vec<String> {
        let mut all: Vec<String> = breaches
            .iter()
            .map(|breach| {
                let keyword = match &breach.keyword {
                    Keyword::NoBranch(branches) => {
                        format!("NoBranch({:?})", branches.iter().map(|all| own(all)).collect::<Vec<_>>())
                    }
                    other => format!("{other:?}"),
                };
                format!("{keyword} {} {}", breach.pointer, breach.subschema)
            })
            .collect();
        all.sort();
        all
    }

    fn reference<'e, 'i: 'e>(errors: impl Iterator<Item = &'e ValidationError<'i>>) -> Vec<String> {
        let mut all: Vec<String> = errors
            .map(|error| {
                let keyword = match error.kind() {
                    ValidationErrorKind::Type { kind: TypeKind::Single(kind) } => {
                        format!("Type({:?})", kind.as_str())
                    }
                    ValidationErrorKind::Constant { expected_value } => {
                        format!("Constant({expected_value:?})")
                    }
                    ValidationErrorKind::Pattern { .. } => "Pattern".into(),
                    ValidationErrorKind::Minimum { limit } => format!("Minimum({limit:?})"),
                    ValidationErrorKind::ExclusiveMinimum { limit } => format!("ExclusiveMinimum({limit:?})"),
                    ValidationErrorKind::Maximum { limit } => format!("Maximum({limit:?})"),
                    ValidationErrorKind::MinItems { limit } => format!("MinItems({limit})"),
                    ValidationErrorKind::MaxItems { limit } => format!("MaxItems({limit})"),
                    ValidationErrorKind::MinProperties { .. } => "MinProperties".into(),
                    ValidationErrorKind::MaxProperties { limit } => format!("MaxProperties({limit})"),
                    ValidationErrorKind::Required { property } => {
                        format!("Required({:?})", property.as_str().expect("a key"))
                    }
                    ValidationErrorKind::AdditionalProperties { unexpected } => {
                        format!("Unexpected({unexpected:?})")
                    }
                    ValidationErrorKind::PropertyNames { error } => {
                        format!("PropertyName({:?})", error.instance().as_str().expect("a key"))
                    }
                    ValidationErrorKind::AnyOf { context }
                    | ValidationErrorKind::OneOfNotValid { context } => {
                        let branches: Vec<_> = context.iter().map(|all| reference(all.iter())).collect();
                        format!("NoBranch({branches:?})")
                    }
                    ValidationErrorKind::OneOfMultipleValid { .. } => "SeveralBranches".into(),
                    other => panic!("a keyword that only the reference knows: {other:?}"),
                };
                let path = error.schema_path().to_string();
                let holder = path.rsplit_once('/').map_or("", |(holder, _)| holder);
                let subschema = schema::schema().pointer(holder).expect("a place of the schema");
                format!("{keyword} {} {subschema}", error.instance_path())
            })
            .collect();
        all.sort();
        all
    }

    static SPECS: LazyLock<Vec<Value>> = LazyLock::new(specs);

    fn specs() -> Vec<Value> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let files = |folder: &str| {
            let entries = std::fs::read_dir(root.join(folder)).expect("a folder");
            entries.map(|entry| entry.expect("an entry").path()).collect::<Vec<_>>()
        };
        let cases = files("tests/cases").into_iter().map(|case| case.join("spec.yaml"));
        let texts = files("examples")
            .into_iter()
            .chain(cases)
            .filter_map(|path| Some((std::fs::read_to_string(&path).ok()?, path)));
        let mut specs: Vec<Value> = texts
            .filter(|(_, path)| path.extension().is_some_and(|extension| extension == "yaml"))
            .filter_map(|(text, path)| {
                let mut sources = Sources::default();
                let file = sources.add(&path.to_string_lossy(), text);
                let file = sources.file(file);
                Some(Places::lower(&tree::read(file.text()).0?, file).0)
            })
            .collect();
        specs.sort_by_key(Value::to_string);
        specs
    }

    /// Places of all values, the root's first.
    fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
        found.push(at.to_owned());
        match value {
            Value::Object(entries) => {
                entries
                    .iter()
                    .for_each(|(key, child)| pointers(child, &format!("{at}/{}", step(key)), found));
            }
            Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(index, child)| pointers(child, &format!("{at}/{index}"), found));
            }
            _ => {}
        }
    }

    fn agree(spec: &Value) -> Result<(), TestCaseError> {
        thread_local! {
            static WHOLE: jsonschema::Validator = jsonschema::validator_for(&of_whole()).expect("a schema");
            static PART: jsonschema::Validator = jsonschema::validator_for(&of_part()).expect("a schema");
        }
        let collect = |validator: &jsonschema::Validator| {
            reference(validator.iter_errors(spec).collect::<Vec<_>>().iter())
        };
        prop_assert_eq!(own(&breaches(spec, false)), WHOLE.with(collect), "{}", spec);
        prop_assert_eq!(own(&breaches(spec, true)), PART.with(collect), "{}", spec);
        Ok(())
    }

    #[test]
    fn specs_break_what_they_break_for_the_reference_implementation() {
        assert!(SPECS.len() > 200, "{}", SPECS.len());
        for spec in SPECS.iter() {
            agree(spec).expect("agreement");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]
        #[test]
        fn changed_specs_break_what_they_break_for_the_reference_implementation(
            spec in any::<Index>(), places in prop::collection::vec((any::<Index>(), any::<Index>(), 0..5_u8), 1..4),
        ) {
            let mut changed = spec.get::<Value>(&SPECS).clone();
            let values = [
                json!(null), json!(true), json!(0), json!(-1), json!(3), json!(3.0), json!(0.5), json!(1e300),
                json!(101_000), json!(""), json!("1 KiB"), json!("stream"), json!("delivery"), json!("on_demand"),
                json!([]), json!({}), json!([1, "vpc-12345678"]), json!({"shards": 2}), json!({"stream": {}}),
                json!({"http": {}, "file": {}}), json!({"Prod-": {}, "prod": null, "dev": {"name": 1}}),
            ];
            let keys = ["name", "environments", "shards", "stream", "lambda", "columns", "a~/b"];
            for (place, choice, change) in places {
                let mut all = Vec::new();
                pointers(&changed, "", &mut all);
                let target = changed.pointer_mut(place.get::<String>(&all)).expect("a value");
                match (change, target) {
                    (0, Value::Object(entries)) if !entries.is_empty() => {
                        let key = choice.get(&entries.keys().cloned().collect::<Vec<_>>()).clone();
                        entries.shift_remove(&key);
                    }
                    (1, Value::Object(entries)) => {
                        entries.insert(keys[choice.index(keys.len())].to_owned(), place.get(&values).clone());
                    }
                    (_, target) => *target = choice.get(&values).clone(),
                }
            }
            agree(&changed)?;
        }
    }
}
