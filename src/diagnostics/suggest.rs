//! "Did you mean": the nearest of the names that would have been right.

/// Below this likeness (Jaro-Winkler, 0 to 1) a suggestion confuses more than it helps.
const LIKENESS: f64 = 0.8;

/// The candidate most like what was written, if any is like it.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&written, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// The candidates most like what was written, the nearest first; none that is much less like it than the nearest.
pub fn nearest_few<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let written = written.to_lowercase();
    let mut near: Vec<(f64, &str)> = candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&written, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS + 0.04)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.dedup_by_key(|(_, candidate)| *candidate);
    let best = near.first().map_or(0.0, |(likeness, _)| *likeness);
    near.into_iter().filter(|(likeness, _)| best - likeness < 0.06).take(most).map(|(_, name)| name).collect()
}

/// A list for people: "`a`, `b` or `c`".
pub fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let ticked: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match ticked.as_slice() {
        [] => "nothing".into(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// A list for people, of all that is meant: "a, b and c".
pub fn all_of<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [] => "nothing".into(),
        [only] => only.as_ref().into(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// What to type in place of an unknown name: the nearest one, else all of them.
pub fn instead<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(written, candidates.clone()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => format!("write {}", one_of(candidates)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_near() {
        let keys = ["stream", "producer", "records", "analytics"];
        assert_eq!(nearest("steam", keys), Some("stream"));
        assert_eq!(nearest("RECORD", keys), Some("records"));
        assert_eq!(nearest("zzz", keys), None);
        assert_eq!(nearest_few("record", ["stream", "records", "recorder"], 2), ["records", "recorder"]);
        assert_eq!(instead("zzz", ["a", "b", "c"]), "write `a`, `b` or `c`");
        assert_eq!(all_of(&["a", "b or c"]), "a and b or c");
    }
}
