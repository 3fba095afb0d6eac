//! The picture as SVG: parts in columns from left to right, readable on light and on dark pages and by screen readers.

use std::fmt::Write;

use super::{Class, Diagram, Flow, Shape};

/// Pixels of a line of text.
const LINE: usize = 17;
/// Pixels of a character, of the widest letters in the font of [`STYLE`].
const CHAR: usize = 7;
/// The same of the bold letters of a name.
const BOLD: usize = 9;
/// Pixels around the text of a box.
const PADDING: usize = 12;
/// Pixels between two boxes of a column.
const GAP_Y: usize = 28;
/// Pixels between two columns: room for the words at an arrow.
const GAP_X: usize = 84;
/// Pixels around the picture.
const MARGIN: usize = 20;

const STYLE: &str = "\
.pipec text{font:12px ui-sans-serif,system-ui,Helvetica,Arial,sans-serif;fill:#1b1f24}\
.pipec .title{font-size:14px;font-weight:600}.pipec .name{font-weight:600}\
.pipec rect{fill:#fff;stroke-width:2}.pipec path{fill:none;stroke:#57606a;stroke-width:1.5}\
.pipec .dashed{stroke-dasharray:5 4}.pipec .head{fill:#57606a;stroke:none}\
.pipec .word{font-size:11px;fill:#57606a;stroke:#fff;stroke-width:4px;paint-order:stroke}\
.pipec .source{stroke:#2f7ed8}.pipec .stream{stroke:#8e44ad}.pipec .compute{stroke:#d35400}\
.pipec .delivery{stroke:#16a085}.pipec .destination{stroke:#27ae60}.pipec .failures{stroke:#c0392b}\
@media (prefers-color-scheme:dark){.pipec text{fill:#e6edf3}.pipec rect{fill:#161b22}.pipec path{stroke:#8b949e}\
.pipec .head{fill:#8b949e}.pipec .word{fill:#8b949e;stroke:#0d1117}}";

/// Writes the picture. `id` tells several pictures of one page apart.
pub fn svg(diagram: &Diagram, id: &str) -> String {
    let layout = Layout::of(diagram);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"pipec\" role=\"img\" width=\"{0}\" height=\"{1}\" \
         viewBox=\"0 0 {0} {1}\">\n<title>{2}</title>\n<desc>{3}</desc>\n<style>{STYLE}</style>\n\
         <defs><marker id=\"{4}\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" \
         markerHeight=\"8\" orient=\"auto-start-reverse\"><path class=\"head\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n",
        layout.width,
        layout.height,
        escaped(&diagram.title),
        escaped(&description(diagram)),
        escaped(id),
    );
    let _ = writeln!(
        text,
        "<text class=\"title\" x=\"{MARGIN}\" y=\"{}\">{}</text>",
        MARGIN + 2,
        escaped(&diagram.title)
    );
    for (shape, place) in diagram.shapes.iter().zip(&layout.boxes) {
        draw(shape, *place, &mut text);
    }
    for arrow in &diagram.arrows {
        connect(layout.boxes[arrow.from], layout.boxes[arrow.to], arrow.flow, &escaped(id), &mut text);
    }
    text.push_str("</svg>\n");
    text
}

/// The picture in words.
fn description(diagram: &Diagram) -> String {
    let words = diagram.arrows.iter().map(|arrow| {
        let (from, to) = (&diagram.shapes[arrow.from].title, &diagram.shapes[arrow.to].title);
        match arrow.flow {
            Flow::Records | Flow::FanOut => format!("{from} to {to}"),
            Flow::Call => format!("{from} calls {to}"),
            Flow::Failures => format!("failures of {from} to {to}"),
        }
    });
    words.collect::<Vec<_>>().join("; ")
}

fn lines(shape: &Shape) -> Vec<&str> {
    let facts = shape.facts.iter().chain(&shape.cost).map(String::as_str);
    [shape.title.as_str(), shape.service.as_str()].into_iter().chain(facts).collect()
}

/// A rectangle, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    x: usize,
    y: usize,
    width: usize,
    height: usize,
    column: usize,
}

/// Where everything is.
struct Layout {
    boxes: Vec<Place>,
    width: usize,
    height: usize,
}

impl Layout {
    /// A part is one column to the right of the last part that it gets records from. A function that is called stands
    /// below its caller.
    fn of(diagram: &Diagram) -> Self {
        let count = diagram.shapes.len();
        let mut columns = vec![0; count];
        // A path has fewer arrows than there are parts, so that each is where it belongs after as many rounds.
        for _ in 0..count {
            for arrow in &diagram.arrows {
                let least = columns[arrow.from] + usize::from(arrow.flow != Flow::Call);
                columns[arrow.to] = columns[arrow.to].max(least).min(count);
            }
        }
        let last = columns.iter().copied().max().unwrap_or(0);
        let mut boxes = vec![Place::default(); count];
        let (mut x, mut bottoms) = (MARGIN, Vec::new());
        let top = MARGIN + LINE + MARGIN;
        for column in 0..=last {
            let mut members: Vec<usize> = (0..count).filter(|at| columns[*at] == column).collect();
            let middle = |at: usize| {
                let before = diagram.arrows.iter().filter(|arrow| arrow.to == at && arrow.from != at);
                let middles: Vec<usize> = before
                    .map(|arrow| boxes[arrow.from])
                    .filter(|place| place.height > 0)
                    .map(|place| place.y + place.height / 2)
                    .collect();
                middles.iter().sum::<usize>().checked_div(middles.len()).unwrap_or(0)
            };
            // Queues of failures last, so that the way of the records is straight.
            members.sort_by_cached_key(|at| (diagram.shapes[*at].class == Class::Failures, middle(*at)));
            // Callers first, each with what it calls below it.
            let callee = |at: &usize| {
                diagram
                    .arrows
                    .iter()
                    .find(|arrow| arrow.flow == Flow::Call && arrow.to == *at)
                    .map(|arrow| arrow.from)
            };
            let callers: Vec<usize> = members.iter().copied().filter(|at| callee(at).is_none()).collect();
            let order = callers.into_iter().flat_map(|caller| {
                let called = members.iter().copied().filter(move |at| callee(at) == Some(caller));
                std::iter::once(caller).chain(called).collect::<Vec<_>>()
            });
            let pixels = |at: usize| {
                let shape = &diagram.shapes[at];
                let plain = lines(shape).iter().map(|line| line.chars().count() * CHAR).max().unwrap_or(0);
                plain.max(shape.title.chars().count() * BOLD)
            };
            let width = members.iter().map(|at| pixels(*at)).max().unwrap_or(0) + 2 * PADDING;
            let mut y = top;
            for at in order {
                let tall = lines(&diagram.shapes[at]).len() * LINE + 2 * PADDING - 4;
                boxes[at] = Place { x, y, width, height: tall, column };
                y += tall + GAP_Y;
            }
            bottoms.push(y - GAP_Y);
            x += width + GAP_X;
        }
        let height = bottoms.iter().copied().max().unwrap_or(top);
        for place in &mut boxes {
            place.y += (height - bottoms[place.column]) / 2;
        }
        let title = diagram.title.chars().count() * BOLD + 2 * MARGIN;
        Self { boxes, width: (x - GAP_X + MARGIN).max(title), height: height + MARGIN }
    }
}

fn draw(shape: &Shape, place: Place, text: &mut String) {
    let Place { x, y, width, height, .. } = place;
    let round = match shape.class {
        Class::Source => height / 2,
        Class::Stream => 2,
        _ => 8,
    };
    let class = shape.class.name();
    let _ = writeln!(
        text,
        "<g><rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>"
    );
    for (number, line) in lines(shape).into_iter().enumerate() {
        let class = if number == 0 { " class=\"name\"" } else { "" };
        let (x, y) = (x + width / 2, y + PADDING + 10 + number * LINE);
        let _ = writeln!(
            text,
            "<text{class} x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{}</text>",
            escaped(line)
        );
    }
    text.push_str("</g>\n");
}

fn connect(from: Place, to: Place, flow: Flow, id: &str, text: &mut String) {
    let dashed = if flow == Flow::Failures { " class=\"dashed\"" } else { "" };
    let both = if flow == Flow::Call { format!(" marker-start=\"url(#{id})\"") } else { String::new() };
    let (path, word) = if from.column == to.column {
        let (x, y1, y2) = (from.x + from.width / 2, from.y + from.height, to.y);
        (format!("M{x} {y1}L{x} {y2}"), (x, (y1 + y2) / 2))
    } else {
        let (x1, y1) = (from.x + from.width, from.y + from.height / 2);
        let (x2, y2) = (to.x, to.y + to.height / 2);
        // An arrow that passes a column bends in the gap in front of its end.
        let bend = x2.saturating_sub(GAP_X / 2).max(x1);
        (format!("M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}"), (bend, (y1 + y2) / 2 + 4))
    };
    let _ = writeln!(text, "<path{dashed} d=\"{path}\" marker-end=\"url(#{id})\"{both}/>");
    if let Some(label) = flow.label() {
        let _ = writeln!(
            text,
            "<text class=\"word\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
            word.0, word.1
        );
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
