//! The picture as lines of a terminal.

use super::{Diagram, Flow};

/// One part of the pipeline, below what its records come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeLine {
    /// Its name, behind the branches that lead to it.
    pub part: String,
    /// The service and its facts.
    pub what: String,
    /// What it costs.
    pub cost: String,
}

/// Draws the parts as a tree. Parts that write to the same others stand above them.
pub fn tree(diagram: &Diagram) -> Vec<TreeLine> {
    let mut tree = Tree { diagram, lines: Vec::new(), drawn: vec![false; diagram.shapes.len()] };
    let is_root = |at: &usize| diagram.arrows.iter().all(|arrow| arrow.to != *at);
    let roots: Vec<usize> = (0..diagram.shapes.len()).filter(is_root).collect();
    let below = |at: usize| diagram.leaving(at).map(|arrow| (arrow.to, arrow.flow)).collect::<Vec<_>>();
    for &root in &roots {
        if tree.drawn[root] {
            continue;
        }
        // Failures have a queue for each, which does not keep what writes to the same stream apart.
        let into =
            |at: usize| below(at).into_iter().filter(|(_, flow)| *flow != Flow::Failures).collect::<Vec<_>>();
        let together: Vec<usize> = roots.iter().copied().filter(|other| into(*other) == into(root)).collect();
        for &one in &together {
            tree.line(one, "", "");
        }
        let mut children: Vec<(usize, Flow)> = Vec::new();
        for (to, flow) in together.iter().flat_map(|one| below(*one)) {
            if !children.contains(&(to, flow)) {
                children.push((to, flow));
            }
        }
        tree.branches(&children, "");
    }
    tree.lines
}

struct Tree<'a> {
    diagram: &'a Diagram,
    lines: Vec<TreeLine>,
    drawn: Vec<bool>,
}

impl Tree<'_> {
    fn line(&mut self, at: usize, branch: &str, note: &str) {
        let shape = &self.diagram.shapes[at];
        let again = std::mem::replace(&mut self.drawn[at], true);
        let what = match again {
            true => "as above".to_owned(),
            false => [std::slice::from_ref(&shape.service), shape.facts.as_slice()].concat().join(", "),
        };
        let cost = shape.cost.clone().filter(|_| !again).unwrap_or_default();
        self.lines.push(TreeLine { part: format!("{branch}{note}{}", shape.title), what, cost });
    }

    fn branches(&mut self, children: &[(usize, Flow)], indent: &str) {
        for (place, &(at, flow)) in children.iter().enumerate() {
            let is_last = place + 1 == children.len();
            let drawn = self.drawn[at];
            let arrow = match flow {
                Flow::Call => "◀▶ ",
                _ => "─▶ ",
            };
            let corner = if is_last { "└" } else { "├" };
            let note = if flow == Flow::FanOut { "by fan-out " } else { "" };
            self.line(at, &format!("{indent}{corner}{arrow}"), note);
            if !drawn {
                let below: Vec<(usize, Flow)> =
                    self.diagram.leaving(at).map(|arrow| (arrow.to, arrow.flow)).collect();
                let bar = if is_last { "   " } else { "│  " };
                self.branches(&below, &format!("{indent}{bar}"));
            }
        }
    }
}
