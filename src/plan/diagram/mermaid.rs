//! The picture as a flowchart of Mermaid, which GitHub and many editors draw.

use std::fmt::Write;

use super::{Class, Diagram, Flow, Shape};

/// Writes the picture.
pub fn mermaid(diagram: &Diagram) -> String {
    let mut text = String::from("---\n");
    let _ = writeln!(text, "title: {}", quoted(&diagram.title));
    text.push_str("---\nflowchart LR\n");
    for (at, shape) in diagram.shapes.iter().enumerate() {
        let (open, close) = brackets(shape.class);
        let _ = writeln!(text, "  n{at}{open}{}{close}", quoted(&lines(shape)));
    }
    for arrow in &diagram.arrows {
        let line = match arrow.flow {
            Flow::Records => "-->".to_owned(),
            Flow::Call => "<-->".to_owned(),
            Flow::FanOut => format!("-->|{}|", arrow.flow.label().unwrap_or_default()),
            Flow::Failures => format!("-.->|{}|", arrow.flow.label().unwrap_or_default()),
        };
        let _ = writeln!(text, "  n{} {line} n{}", arrow.from, arrow.to);
    }
    for (class, name) in Class::ALL {
        let of_class = diagram.shapes.iter().enumerate().filter(|(_, shape)| shape.class == class);
        let nodes: Vec<String> = of_class.map(|(at, _)| format!("n{at}")).collect();
        if !nodes.is_empty() {
            let _ = writeln!(text, "  classDef {name} {}", style(class));
            let _ = writeln!(text, "  class {} {name}", nodes.join(","));
        }
    }
    text
}

fn lines(shape: &Shape) -> String {
    let mut lines = vec![format!("{}: {}", shape.title, shape.service)];
    lines.extend(shape.facts.iter().cloned());
    lines.extend(shape.cost.clone());
    lines.join("\n")
}

fn brackets(class: Class) -> (&'static str, &'static str) {
    match class {
        Class::Source => ("([", "])"),
        Class::Stream => ("[[", "]]"),
        Class::Compute | Class::Delivery => ("[", "]"),
        Class::Destination | Class::Failures => ("[(", ")]"),
    }
}

/// Colours that can be read on light and on dark pages.
fn style(class: Class) -> &'static str {
    match class {
        Class::Source => "stroke:#2f7ed8,stroke-width:2px",
        Class::Stream => "stroke:#8e44ad,stroke-width:2px",
        Class::Compute => "stroke:#d35400,stroke-width:2px",
        Class::Delivery => "stroke:#16a085,stroke-width:2px",
        Class::Destination => "stroke:#27ae60,stroke-width:2px",
        Class::Failures => "stroke:#c0392b,stroke-width:2px",
    }
}

/// A text in quotes. Mermaid reads entities in it, written with `#`, and takes a backtick for Markdown.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '\n' => quoted.push_str("<br>"),
            '"' | '#' | '<' | '>' | '&' | '`' | '\\' | '*' | '_' | ';' => {
                let _ = write!(quoted, "#{};", u32::from(c));
            }
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
