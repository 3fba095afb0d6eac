//! A random cut forest as Flink SQL calls it: a table function that `runtime/flink/pipec_forest.py` is, once for each
//! row.

use super::super::forest::{Anomaly, Forest};
use super::{Printer, column_name, quote};

/// Numbers rows, at no cost but a number.
const COUNT: &str = "COUNT(*) OVER (ORDER BY PROCTIME() ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)";

/// The column of the table function.
pub(super) fn column(anomaly: Anomaly) -> &'static str {
    match anomaly {
        Anomaly::Score => "`pipec_score`",
        Anomaly::Explanation => "`pipec_explanation`",
    }
}

impl Printer<'_> {
    /// The rows of the only relation, each with what the forest says of it.
    ///
    /// The forest has to see all rows, in one order, so it must be one task whatever the job's parallelism. SQL has no
    /// word for that. A count over all rows is one task to Flink, and so is what follows; the function takes the count
    /// as an argument, or Flink would leave it out. The second count keeps conditions on the scored rows above the
    /// forest: Flink would apply those that need no score before it, and the forest would learn other rows.
    pub(super) fn scored(&self, forest: &Forest) -> String {
        let rows = self.stream(0);
        let mut functions = self.query.forests();
        let name = functions.find(|function| function.is_of(&self.insert.select));
        let name = name.map_or(String::new(), |function| function.name());
        let mut arguments = vec!["`pipec_in_order`".to_owned()];
        arguments
            .extend(forest.columns.iter().map(|at| format!("CAST({} AS DOUBLE)", column_name(rows, *at))));
        let columns: Vec<&str> = forest.gives().iter().map(|anomaly| column(*anomaly)).collect();
        format!(
            "(\n  SELECT *, {COUNT} AS `pipec_scored`\n  FROM (SELECT *, {COUNT} AS `pipec_in_order` FROM {}),\n  \
             LATERAL TABLE({}({})) AS `pipec_anomaly` ({})\n)\nWHERE `pipec_scored` > 0",
            quote::name(&rows.name),
            quote::name(&name),
            arguments.join(", "),
            columns.join(", "),
        )
    }
}
