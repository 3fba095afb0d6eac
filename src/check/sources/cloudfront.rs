//! Rules of CloudFront's real-time logs.

use super::{Rules, Site};
use crate::aws::cloudfront::{ORDERED_FIELDS, OTHER_FIELDS, place};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::pipeline::{CloudFront, Target};

impl Rules for CloudFront {
    fn check(&self, site: &Site, found: &mut Vec<Diagnostic>) {
        if site.target != Target::Stream {
            found.push(Diagnostic::error(
                Code::SourceTarget,
                site.span(),
                "CloudFront writes only to a stream, and this pipeline has none",
                "move `record_size` and `records_per_second` from the delivery into a `stream`",
            ));
        }
        let before = found.len();
        for (at, field) in self.fields.iter().enumerate() {
            let name = field.value.as_str();
            let mut known = ORDERED_FIELDS.iter().chain(OTHER_FIELDS).copied();
            let (message, help) = if !known.clone().any(|known| known == name) {
                let near = suggest::nearest(name, known.by_ref());
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "write fields such as `timestamp`, `c-ip`, `sc-status`, `cs-uri-stem`".into(),
                };
                (format!("CloudFront's real-time logs have no field `{name}`"), help)
            } else if self.fields[..at].iter().any(|other| other.value == name) {
                (format!("the field `{name}` is listed twice"), "remove one of them".into())
            } else {
                continue;
            };
            found.push(Diagnostic::error(Code::LogField, field.span, message, help));
        }
        if found.len() == before {
            found.extend(self.order());
        }
        if !(1..=100).contains(&self.sampling.value) {
            found.push(Diagnostic::error(
                Code::Sampling,
                self.sampling.span,
                format!("the sampling rate cannot be {} %", self.sampling.value),
                "write `sampling: 100 %` for all requests, or 1 % to 99 %",
            ));
        }
    }
}

impl CloudFront {
    /// Fields in another order than that of a line: columns would be read in the wrong order.
    fn order(&self) -> Option<Diagnostic> {
        let mut fields: Vec<&str> = self.fields.iter().map(|field| field.value.as_str()).collect();
        let places: Vec<usize> = fields.iter().filter_map(|field| place(field)).collect();
        if places.is_sorted() {
            return None;
        }
        let unknown: Vec<&str> = fields.iter().filter(|field| place(field).is_none()).copied().collect();
        fields.sort_by_key(|field| place(field).unwrap_or(usize::MAX));
        let known = match unknown.as_slice() {
            [] => "which is the order of a line".to_owned(),
            unknown => format!(
                "and look at a log line for the position of {}, which AWS does not document",
                unknown.join(", ")
            ),
        };
        Some(Diagnostic::warning(
            Code::LogFieldOrder,
            self.fields.first()?.span,
            "CloudFront writes the fields in its own order",
            format!("write `fields: [{}]`, {known}", fields.join(", ")),
        ))
    }
}
