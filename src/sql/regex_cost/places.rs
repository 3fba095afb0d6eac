//! The places of an expression where a character is taken, and what may follow each: Glushkov's automaton, with an edge for
//! each way that leads from one place to the next.

use std::collections::HashSet;

use super::Applied;
use super::read::{Node, Set};

/// Places that a repetition is written out into; a longer one is judged as if it had no end.
const MAX_COPIES: usize = 300;
/// Places of an expression that is judged; a larger one, mostly constants, is taken for one of the third power.
const MAX_PLACES: usize = 2_000;
/// Loops of an expression that is judged.
const MAX_LOOPS: usize = 200;
/// Pairs of places that are looked at before an expression counts as too entangled.
const MAX_PAIRS: usize = 200_000;

#[derive(Default)]
pub(super) struct Places {
    /// What each place takes.
    sets: Vec<Set>,
    /// Whether it takes any number of characters and gives none back.
    runs: Vec<bool>,
    /// What may follow it, once for each way.
    next: Vec<Vec<usize>>,
    first: Vec<usize>,
    last: Vec<usize>,
    /// Whether a repetition counts passes that may be nothing.
    counts_nothing: bool,
    /// Whether the search begins again with every character.
    is_searched: bool,
    applied: Option<Applied>,
}

/// A part: its first and its last places, and whether it may be nothing.
struct Part {
    first: Vec<usize>,
    last: Vec<usize>,
    nothing: bool,
}

impl Part {
    fn nothing() -> Self {
        Self { first: Vec::new(), last: Vec::new(), nothing: true }
    }
}

impl Places {
    pub(super) fn of(node: &Node, applied: Applied) -> Self {
        let mut places = Self { applied: Some(applied), ..Self::default() };
        let part = places.part(node);
        places.is_searched = applied == Applied::Found && !node.is_anchored();
        places.first = part.first;
        places.last = part.last;
        places
    }

    fn place(&mut self, set: Set, runs: bool, nothing: bool) -> Part {
        let at = self.sets.len();
        self.sets.push(set);
        self.runs.push(runs);
        self.next.push(Vec::new());
        Part { first: vec![at], last: vec![at], nothing }
    }

    fn link(&mut self, from: &[usize], to: &[usize]) {
        for &place in from {
            self.next[place].extend(to);
        }
    }

    fn behind(&mut self, before: Part, after: Part) -> Part {
        self.link(&before.last, &after.first);
        let mut first = before.first;
        if before.nothing {
            first.extend(after.first);
        }
        let mut last = after.last;
        if after.nothing {
            last.extend(before.last);
        }
        Part { first, last, nothing: before.nothing && after.nothing }
    }

    fn part(&mut self, node: &Node) -> Part {
        match node {
            Node::One(set) => self.place(*set, false, false),
            Node::Test => self.place(Set::ALL, false, false),
            Node::Start => Part::nothing(),
            Node::All(parts) => parts.iter().fold(Part::nothing(), |before, part| {
                let after = self.part(part);
                self.behind(before, after)
            }),
            Node::Any(parts) => {
                let mut all = Part { first: Vec::new(), last: Vec::new(), nothing: false };
                for part in parts {
                    let part = self.part(part);
                    all.first.extend(part.first);
                    all.last.extend(part.last);
                    all.nothing |= part.nothing;
                }
                all
            }
            Node::Atomic(node) => {
                let (mut set, mut runs) = (Set::NONE, false);
                fn gather(node: &Node, set: &mut Set, runs: &mut bool) {
                    match node {
                        Node::One(one) => *set = set.or(*one),
                        Node::Repeat { most: None, .. } => *runs = true,
                        _ => {}
                    }
                    node.parts().into_iter().for_each(|part| gather(part, set, runs));
                }
                gather(node, &mut set, &mut runs);
                self.place(set, runs, node.shortest() == 0)
            }
            Node::Repeat { node, least, most } => self.repeat(node, *least, *most),
        }
    }

    fn repeat(&mut self, node: &Node, least: u32, most: Option<u32>) -> Part {
        let before = self.sets.len();
        let mut all = self.part(node);
        let size = (self.sets.len() - before).max(1);
        let nothing = all.nothing;
        // Each pass may be left out, or any other one.
        self.counts_nothing |= nothing && !node.is_fixed() && most.is_some_and(|most| most > 12);
        let copies = most.unwrap_or(least.clamp(1, 2)) as usize;
        if copies == 0 {
            return Part::nothing();
        }
        if size.saturating_mul(copies) > MAX_COPIES || self.sets.len() > 10 * MAX_COPIES {
            self.link(&all.last.clone(), &all.first.clone());
            all.nothing |= least == 0;
            return all;
        }
        let mut latest = (all.first.clone(), all.last.clone());
        for copy in 1..copies {
            let mut part = self.part(node);
            latest = (part.first.clone(), part.last.clone());
            part.nothing |= copy >= least as usize;
            all = self.behind(all, part);
        }
        if most.is_none() {
            self.link(&latest.1, &latest.0);
        }
        all.nothing |= least == 0;
        all
    }

    /// For each place, the number of its loop; places of one loop lead to each other.
    fn loops(&self) -> Vec<Option<usize>> {
        let reach: Vec<Vec<bool>> =
            (0..self.sets.len()).map(|place| self.reached(&self.next[place], |_| true)).collect();
        let mut loops = vec![None; self.sets.len()];
        let mut count = 0;
        for place in 0..self.sets.len() {
            if loops[place].is_some() || !(reach[place][place] || self.runs[place]) {
                continue;
            }
            for other in place..self.sets.len() {
                if other == place || (reach[place][other] && reach[other][place]) {
                    loops[other] = Some(count);
                }
            }
            count += 1;
        }
        loops
    }

    /// The places that these lead to, they themselves among them, through what may be passed.
    fn reached(&self, from: &[usize], passable: impl Fn(usize) -> bool) -> Vec<bool> {
        let mut seen = vec![false; self.sets.len()];
        let mut open: Vec<usize> = from.to_vec();
        while let Some(place) = open.pop() {
            if !seen[place] && passable(place) {
                seen[place] = true;
                open.extend(&self.next[place]);
            }
        }
        seen
    }

    /// Whether some text leads through a loop in two ways.
    pub(super) fn is_exponential(&self) -> bool {
        if self.counts_nothing {
            return true;
        }
        if self.sets.len() > MAX_PLACES {
            return false;
        }
        let loops = self.loops();
        let within = |a: usize, b: usize| loops[a].is_some() && loops[a] == loops[b];
        for (place, next) in self.next.iter().enumerate() {
            let mut seen = HashSet::new();
            if next.iter().any(|after| within(place, *after) && !seen.insert(*after)) {
                return true;
            }
        }
        // Pairs of places that the same text leads to from one place, and those that it leads from to one.
        let together: Vec<(usize, usize)> = (0..self.sets.len()).map(|place| (place, place)).collect();
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); self.sets.len()];
        for (place, next) in self.next.iter().enumerate() {
            for &after in next.iter().filter(|after| within(place, **after)) {
                before[after].push(place);
            }
        }
        let after: Vec<Vec<usize>> = (self.next.iter().enumerate())
            .map(|(place, next)| next.iter().copied().filter(|after| within(place, *after)).collect())
            .collect();
        match (self.pairs(&together, &after), self.pairs(&together, &before)) {
            (Some(from), Some(to)) => from.iter().any(|pair| pair.0 != pair.1 && to.contains(pair)),
            _ => true,
        }
    }

    /// Pairs that the steps lead to from these; `None` if they are too many.
    fn pairs(&self, from: &[(usize, usize)], steps: &[Vec<usize>]) -> Option<HashSet<(usize, usize)>> {
        let mut seen: HashSet<(usize, usize)> = HashSet::new();
        let mut open = from.to_vec();
        let mut looked_at = 0;
        while let Some(pair) = open.pop() {
            if !seen.insert(pair) {
                continue;
            }
            for &a in &steps[pair.0] {
                for &b in &steps[pair.1] {
                    looked_at += 1;
                    if !self.sets[a].and(self.sets[b]).is_empty() {
                        open.push((a, b));
                    }
                }
            }
            if looked_at > MAX_PAIRS {
                return None;
            }
        }
        Some(seen)
    }

    /// The power of the text's length that the time grows with: how many loops, one after the other, can divide a part
    /// of the text among them before the rest fails.
    pub(super) fn power(&self) -> usize {
        if self.sets.len() > MAX_PLACES {
            return 3;
        }
        let loops = self.loops();
        let count = loops.iter().flatten().max().map_or(0, |last| last + 1);
        if count > MAX_LOOPS {
            return 3;
        }
        let members = |number: usize| {
            (0..self.sets.len()).filter(|place| loops[*place] == Some(number)).collect::<Vec<usize>>()
        };
        let alphabet = |number: usize| {
            members(number).into_iter().map(|place| self.sets[place]).fold(Set::NONE, Set::or)
        };
        // Nothing is left to fail after the last loop, unless the text must end there.
        let can_fail = |number: usize| {
            let ends = members(number).iter().any(|place| self.last.contains(place));
            !ends || (self.applied == Some(Applied::Whole) && alphabet(number) != Set::ALL)
        };
        // The longest chain that begins with a loop; places lead onwards, so that a loop's chain is done before those of
        // what leads to it.
        let mut longest: Vec<Option<usize>> = vec![None; count];
        let mut power = 0;
        for number in 0..count {
            power = power.max(self.chain(number, &alphabet, &members, &can_fail, &mut longest));
        }
        if !self.is_searched {
            return power;
        }
        let mut searched = 1;
        for number in 0..count {
            let common = alphabet(number);
            let reached = self.reached(&self.first, |place| !self.sets[place].and(common).is_empty());
            if members(number).iter().any(|place| reached[*place]) {
                let chain = self.chain(number, &alphabet, &members, &can_fail, &mut longest);
                searched = searched.max(if chain > 0 { chain + 1 } else { 1 });
            }
        }
        power.max(searched)
    }

    fn chain(
        &self,
        number: usize,
        alphabet: &dyn Fn(usize) -> Set,
        members: &dyn Fn(usize) -> Vec<usize>,
        can_fail: &dyn Fn(usize) -> bool,
        longest: &mut Vec<Option<usize>>,
    ) -> usize {
        if let Some(known) = longest[number] {
            return known;
        }
        let own = members(number);
        let mut best = usize::from(can_fail(number));
        for other in (0..longest.len()).filter(|other| *other != number) {
            let common = alphabet(number).and(alphabet(other));
            if common.is_empty() {
                continue;
            }
            let from: Vec<usize> = own
                .iter()
                .flat_map(|place| &self.next[*place])
                .copied()
                .filter(|next| !own.contains(next))
                .collect();
            let reached = self.reached(&from, |place| !self.sets[place].and(common).is_empty());
            if members(other).iter().any(|place| reached[*place]) {
                let behind = self.chain(other, alphabet, members, can_fail, longest);
                best = best.max(if behind > 0 { behind + 1 } else { 0 });
            }
        }
        longest[number] = Some(best);
        best
    }
}
