//! A scenario as it is written: the command, and what AWS answers call by call.

use std::fs;
use std::path::Path;

use pipec_compiler::parse::{Places, tree};
use pipec_compiler::source::Sources;
use serde_json::Value;

/// A scenario.
#[derive(Clone)]
pub struct Scenario {
    pub name: String,
    /// Variables of the environment, then `pipec` and its arguments.
    pub command: String,
    /// Expected calls in their order.
    pub calls: Vec<Call>,
    /// Calls that may come at any time and any number of times.
    pub meanwhile: Vec<Call>,
}

/// An expected call.
#[derive(Clone)]
pub struct Call {
    /// Operation, such as `DescribeStacks`.
    pub operation: String,
    /// What the request names: a stack, a bucket, a resource.
    pub words: Vec<String>,
    /// What is answered; null for what is usual.
    pub answer: Value,
}

/// A file of YAML.
pub fn value(path: &Path) -> Value {
    let text = fs::read_to_string(path).expect("a file");
    let mut sources = Sources::default();
    let file = sources.add("file", text.clone());
    let (node, faults) = tree::read(&text);
    assert!(faults.is_empty(), "{}: {faults:?}", path.display());
    Places::lower(&node.expect("YAML"), sources.file(file)).0
}

impl Scenario {
    /// Reads a file of `cases/`; `begin` says what `begin NAME` stands for as a call.
    pub fn read(path: &Path, begin: &Value) -> Self {
        let shown = path.display();
        let value = value(path);
        let command = value["command"].as_str().unwrap_or_else(|| panic!("{shown}: no command")).to_owned();
        let calls = value["calls"].as_array().map(|calls| {
            let spelt_out = calls.iter().flat_map(|call| {
                match call.as_str().and_then(|call| call.strip_prefix("begin ")) {
                    Some(name) => {
                        begin[name].as_array().unwrap_or_else(|| panic!("{shown}: no beginning {name}"))
                    }
                    None => std::slice::from_ref(call),
                }
            });
            spelt_out.map(Call::read).collect()
        });
        let meanwhile = value["meanwhile"]
            .as_object()
            .map(|calls| calls.iter().map(|(call, answer)| Call::new(call, answer.clone())).collect());
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        Self { name, command, calls: calls.unwrap_or_default(), meanwhile: meanwhile.unwrap_or_default() }
    }

    /// The first argument that is a spec.
    pub fn spec(&self) -> &str {
        self.command.split_whitespace().find(|word| word.ends_with(".yaml")).expect("a spec")
    }
}

impl Call {
    fn read(value: &Value) -> Self {
        match value {
            Value::String(call) => Self::new(call, Value::Null),
            Value::Object(entries) if entries.len() == 1 => {
                let (call, answer) = entries.iter().next().expect("a call");
                Self::new(call, answer.clone())
            }
            other => panic!("not a call: {other}"),
        }
    }

    fn new(call: &str, answer: Value) -> Self {
        let mut words = call.split_whitespace().map(str::to_owned);
        let operation = words.next().expect("an operation");
        Self { operation, words: words.collect(), answer }
    }
}
