//! Conversion to Parquet and ORC: what the format decides instead of the user.

use super::super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Delivery, S3};
use crate::spec::{Compression, Newline};

pub(super) fn check(context: &mut Context, delivery: &Delivery, s3: &S3) {
    let format = s3.format.value;
    if !format.is_columnar() {
        return;
    }
    let words = format.words();
    if matches!(s3.compression.value, Compression::Zip | Compression::HadoopSnappy) {
        context.report(
            Diagnostic::error(
                Code::ObjectCompression,
                s3.compression.span,
                format!(
                    "{words} has the compression `snappy`, `gzip` or `none`, not `{}`",
                    s3.compression.value.name()
                ),
                "write `compression: snappy`, or remove it",
            )
            .related(s3.format.span, "the format"),
        );
    }
    let newline = &delivery.newline;
    if newline.written && newline.value == Newline::Append {
        context.report(
            Diagnostic::error(
                Code::ConflictingKeys,
                newline.span,
                format!("objects in {words} have no lines"),
                "remove `newline`",
            )
            .related(s3.format.span, "the format"),
        );
    }
    let append = delivery.transform.as_ref().map(|transform| &transform.append);
    if let Some(append) = append.filter(|append| append.written && !append.value.is_empty()) {
        context.report(
            Diagnostic::error(
                Code::ConflictingKeys,
                append.span,
                format!("objects in {words} have no lines, and the text after a record would be read as a part of it"),
                "remove `append`",
            )
            .related(s3.format.span, "the format"),
        );
    }
    let own = format!(".{}", format.name());
    if let Some(extension) =
        s3.location.file_extension.as_ref().filter(|written| !written.value.ends_with(&own))
    {
        context.report(
            Diagnostic::warning(
                Code::ExtensionMismatch,
                extension.span,
                format!("the objects are {words}, and `{}` does not end in `{own}`", extension.value),
                format!("write `file_extension: {own}`, or remove it for Firehose's own"),
            )
            .related(s3.format.span, "the format"),
        );
    }
}
