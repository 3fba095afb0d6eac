//! OpenSearch Serverless.

use super::super::Context;
use super::documents;
use crate::pipeline::{Delivery, OpenSearchServerless};

pub(super) fn check(context: &mut Context, delivery: &Delivery, search: &OpenSearchServerless) {
    let mut found = Vec::from_iter(documents::index(&search.index, false));
    found.extend(search.network.iter().flat_map(documents::network));
    found.extend(documents::check(context, delivery, "OpenSearch Serverless"));
    found.into_iter().for_each(|fault| context.report(fault));
}
