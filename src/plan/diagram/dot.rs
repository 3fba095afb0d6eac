//! The picture in the language of Graphviz.

use std::fmt::Write;

use super::{Class, Diagram, Flow, Shape};

/// Writes the picture.
pub fn dot(diagram: &Diagram) -> String {
    let mut text =
        format!("digraph pipeline {{\n  label={};\n  labelloc=t;\n  rankdir=LR;\n", quoted(&diagram.title));
    text.push_str(
        "  node [fontname=\"Helvetica\", fontsize=11];\n  edge [fontname=\"Helvetica\", fontsize=10];\n",
    );
    for (at, shape) in diagram.shapes.iter().enumerate() {
        let _ = writeln!(text, "  n{at} [shape={}, label={}];", outline(shape.class), quoted(&lines(shape)));
    }
    for arrow in &diagram.arrows {
        let style = match arrow.flow {
            Flow::Records => String::new(),
            Flow::Call => " [dir=both]".to_owned(),
            Flow::FanOut => format!(" [label={}]", quoted(arrow.flow.label().unwrap_or_default())),
            Flow::Failures => {
                format!(" [style=dashed, label={}]", quoted(arrow.flow.label().unwrap_or_default()))
            }
        };
        let _ = writeln!(text, "  n{} -> n{}{style};", arrow.from, arrow.to);
    }
    text.push_str("}\n");
    text
}

fn lines(shape: &Shape) -> String {
    let mut lines = vec![shape.title.clone(), shape.service.clone()];
    lines.extend(shape.facts.iter().cloned());
    lines.extend(shape.cost.clone());
    lines.join("\n")
}

fn outline(class: Class) -> &'static str {
    match class {
        Class::Source => "oval",
        Class::Stream => "cds",
        Class::Compute => "component",
        Class::Delivery => "box",
        Class::Destination => "cylinder",
        Class::Failures => "note",
    }
}

/// A text in quotes. A backslash would begin one of Graphviz's own escapes.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}
