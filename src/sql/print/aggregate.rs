//! Aggregates as Flink SQL writes them.
//!
//! Flink's own sums wrap around. Over rows that come and go, it adds a number and takes it away again, which leaves an
//! error behind where the numbers are binary; and it makes a deviation of the squares as they are, whose difference is
//! rounding alone where the numbers lie close together. So sums over rows that go are sums of exact numbers here, and
//! deviations are made of sums of scaled whole numbers.

use super::super::data_type::{DataType, MAX_PRECISION};
use super::super::expr::{Aggregate, Expr, ExprKind};
use super::arithmetic::{finite, is_small, whole};
use super::expr::{Apart, Expressions, is_constant, is_of_row};

/// Numbers up to a size, and how many digits after their point are looked at: less than 16 digits in all, as many as a
/// DOUBLE has. Their squares, and some millions of them together, have 38 digits at most.
struct Scale {
    below: &'static str,
    factor: &'static str,
}

/// For each size the digits that count.
const SCALES: &[Scale] = &[
    Scale { below: "1E6", factor: "1E9" },
    Scale { below: "1E13", factor: "1E3" },
    Scale { below: "1E16", factor: "1E0" },
];

/// The same where nothing else can be used.
const SCALES_ALONE: &[Scale] = &[
    Scale { below: "1E0", factor: "1E15" },
    Scale { below: "1E6", factor: "1E9" },
    Scale { below: "1E13", factor: "1E3" },
    Scale { below: "1E16", factor: "1E0" },
];

/// How long a text may be that an aggregate has several times.
const MOST_REPEATED: usize = 250;

/// Exact numbers of that many digits have no sum of more than 38.
const SAFE_DIGITS: u8 = 28;

/// The largest whole number of 64 bits whose square can be summed up.
const MOST_SQUARED: &str = "9000000000000000";

/// 2 to the power of -100 and of 100: a number that is scaled by one and then by the other is the same.
const DOWN: &str = "7.888609052210118E-31";
const UP: &str = "1.2676506002282294E30";
/// The largest DOUBLE, scaled down.
const MOST_SCALED: &str = "1.4181298336770848E278";

/// More than any scaled number.
const ABOVE_ZERO: &str = "10000000000000000";

/// Numbers as scaled whole ones: the expression of one, NULL where it is too large, and what it is scaled by.
struct Scaled {
    number: String,
    factor: String,
    /// Whether the number is never NULL where the value is not.
    always: bool,
}

impl Expressions<'_> {
    pub(super) fn aggregate(&self, function: Aggregate, distinct: bool, arguments: &[Expr]) -> String {
        // The argument of an aggregate stands next to it, where a key has no name yet.
        let apart = self.apart.map(|apart| Apart { keys: &[], ..apart });
        // Flink computes aggregates of constants apart from the window, and then misses the window's bounds.
        let is_plain = !matches!(function, Aggregate::ListAgg | Aggregate::Percentile | Aggregate::Lag);
        let of_constants = is_plain && !arguments.is_empty() && arguments.iter().all(is_constant);
        let hides_literals = self.hides_literals || self.hides && of_constants;
        Expressions { apart, hides_literals, ..*self }.aggregate_here(function, distinct, arguments)
    }

    fn aggregate_here(&self, function: Aggregate, distinct: bool, arguments: &[Expr]) -> String {
        let name = match function {
            Aggregate::Count => "COUNT",
            Aggregate::Sum => return self.total(&arguments[0], distinct),
            Aggregate::Avg => return self.average(&arguments[0], distinct),
            Aggregate::Min => "MIN",
            Aggregate::Max => "MAX",
            Aggregate::StddevPop => {
                return format!("SQRT({})", self.variance(&arguments[0], distinct, false));
            }
            Aggregate::StddevSamp => {
                return format!("SQRT({})", self.variance(&arguments[0], distinct, true));
            }
            Aggregate::VarPop => return self.variance(&arguments[0], distinct, false),
            Aggregate::VarSamp => return self.variance(&arguments[0], distinct, true),
            Aggregate::FirstValue
            | Aggregate::LastValue
            | Aggregate::FirstPresent
            | Aggregate::LastPresent
                if self.merges =>
            {
                return self.first_or_last_merged(function, &arguments[0]);
            }
            Aggregate::FirstValue => return self.first_or_last("FIRST_VALUE", &arguments[0]),
            // The last row of such a frame is the row itself.
            Aggregate::LastValue if self.over.is_some_and(|over| over.by_rows) => {
                return self.print(&arguments[0]);
            }
            Aggregate::LastValue => return self.first_or_last("LAST_VALUE", &arguments[0]),
            Aggregate::FirstPresent => "FIRST_VALUE",
            Aggregate::LastPresent => "LAST_VALUE",
            Aggregate::Lag => return self.lag(arguments),
            Aggregate::RowNumber => "ROW_NUMBER",
            Aggregate::ListAgg => return self.of_first("LISTAGG", arguments),
            Aggregate::Percentile => return self.of_first("PERCENTILE", arguments),
        };
        let arguments: Vec<String> = arguments.iter().map(|argument| self.print(argument)).collect();
        let arguments = match (function, arguments.is_empty()) {
            (Aggregate::Count, true) => "*".into(),
            _ => arguments.join(", "),
        };
        self.of(name, distinct, &arguments)
    }

    /// A function of the rows of the group, or of those that OVER names.
    pub(super) fn of(&self, name: &str, distinct: bool, arguments: &str) -> String {
        let distinct = if distinct { "DISTINCT " } else { "" };
        let arguments = match self.arguments.filter(|_| arguments != "*" && !is_column(arguments)) {
            Some(rows) => rows.borrow_mut().value(arguments.into()),
            None => arguments.into(),
        };
        self.named(match self.over {
            Some(over) => format!("{name}({distinct}{arguments}) OVER ({}{})", over.stem, over.frame),
            None => format!("{name}({distinct}{arguments})"),
        })
    }

    /// A function of one value, with constants after it.
    fn of_first(&self, name: &str, arguments: &[Expr]) -> String {
        let mut printed: Vec<String> = arguments.iter().map(|argument| self.print(argument)).collect();
        if let Some(rows) = self.arguments.filter(|_| !is_column(&printed[0])) {
            printed[0] = rows.borrow_mut().value(std::mem::take(&mut printed[0]));
        }
        self.named(format!("{name}({})", printed.join(", ")))
    }

    fn named(&self, call: String) -> String {
        match self.apart {
            Some(apart) => apart.named(call),
            None => call,
        }
    }

    /// Flink leaves NULLs out, and does not look into an array.
    fn first_or_last(&self, name: &str, value: &Expr) -> String {
        format!("{}[1]", self.of(name, false, &format!("ARRAY[{}]", self.print(value))))
    }

    /// Flink cannot merge what FIRST_VALUE and LAST_VALUE remember, so that such a window remembers all values.
    fn first_or_last_merged(&self, function: Aggregate, value: &Expr) -> String {
        let text = self.bound(value, super::expr::Binding::Atom);
        let present = matches!(function, Aggregate::FirstPresent | Aggregate::LastPresent);
        let filter = if present { format!(" FILTER (WHERE {text} IS NOT NULL)") } else { String::new() };
        let list = self.named(format!("ARRAY_AGG({}){filter}", self.print(value)));
        match function {
            Aggregate::LastValue | Aggregate::LastPresent => format!("{list}[CARDINALITY({list})]"),
            _ => format!("{list}[1]"),
        }
    }

    /// Flink's LAG takes rows of one time together, and gives all of them the value before the last. A frame that
    /// counts rows does not.
    fn lag(&self, arguments: &[Expr]) -> String {
        let Some((over, rows)) = self.over.and_then(|over| Some((over, over.kept_lag?))) else {
            let arguments: Vec<String> = arguments.iter().map(|argument| self.print(argument)).collect();
            return self.of("LAG", false, &arguments.join(", "));
        };
        let rows_before = format!("{} ROWS BETWEEN {rows} PRECEDING AND CURRENT ROW", over.stem);
        let value = self.print(&arguments[0]);
        let otherwise =
            arguments.get(2).map_or(String::new(), |otherwise| format!(" ELSE {}", self.print(otherwise)));
        let count = self.named(format!("COUNT(*) OVER ({rows_before})"));
        let first = self.named(format!("FIRST_VALUE(ARRAY[{value}]) OVER ({rows_before})"));
        format!("CASE WHEN {count} > {rows} THEN {first}[1]{otherwise} END")
    }

    /// The sum of whole numbers, exactly; NULL where 64 bits do not hold it.
    fn exact_total(&self, value: &Expr, distinct: bool) -> (String, DataType) {
        if is_small(value) {
            return (self.of("SUM", distinct, &self.print(value)), DataType::BigInt);
        }
        let value = format!("CAST({} AS DECIMAL(19, 0))", self.print(value));
        (self.of("SUM", distinct, &value), DataType::Decimal { precision: MAX_PRECISION, scale: 0 })
    }

    fn total(&self, value: &Expr, distinct: bool) -> String {
        match value.data_type {
            DataType::BigInt => match self.exact_total(value, distinct) {
                (total, DataType::BigInt) => total,
                (total, from) => whole(&total, from, DataType::BigInt),
            },
            DataType::Double if self.over.is_some() => self.total_of_doubles(value),
            DataType::Double => finite(&self.of("SUM", distinct, &self.print(value)), DataType::Double),
            DataType::Decimal { precision, scale } if self.over.is_some() && precision > SAFE_DIGITS => {
                self.total_of_decimals(value, scale)
            }
            _ => self.of("SUM", distinct, &self.print(value)),
        }
    }

    /// A sum over rows that go. What a number left behind would be there forever, so exact numbers are added and taken
    /// away: with 17 digits after the decimal point below 1E15, without a fraction below 1E31. Larger ones are scaled,
    /// so that their sum is no infinity, which would stay as well.
    fn total_of_doubles(&self, value: &Expr) -> String {
        let x = self.repeated(value, super::expr::Binding::Add);
        let part = |condition: String, number: String, zero: &str| {
            let sum = self.of("SUM", false, &format!("CASE WHEN {condition} THEN {number} END"));
            format!("COALESCE({sum}, {zero})")
        };
        let small = part(format!("ABS({x}) < 1E15"), format!("CAST({x} AS DECIMAL(38, 17))"), "0");
        let large = part(
            format!("ABS({x}) >= 1E15 AND ABS({x}) < 1E31"),
            format!("CAST({x} AS DECIMAL(38, 0))"),
            "0",
        );
        let largest = part(format!("ABS({x}) >= 1E31"), format!("{x} * {DOWN}"), "0E0");
        let count = self.of("COUNT", false, &self.print(value));
        format!(
            "CASE WHEN {count} > 0 AND ABS({largest}) <= {MOST_SCALED} \
             THEN CAST({small} AS DOUBLE) + CAST({large} AS DOUBLE) + {largest} * {UP} END"
        )
    }

    /// A sum of exact numbers over rows that go. Flink's stays NULL once 38 digits did not hold it, so that the upper
    /// and the lower digits are added apart.
    fn total_of_decimals(&self, value: &Expr, scale: u8) -> String {
        let x = self.repeated(value, super::expr::Binding::Multiply);
        let digits = usize::from((MAX_PRECISION - scale) / 2);
        let unit = format!("1{}", "0".repeat(digits));
        let lower = format!("MOD({x}, CAST('{unit}' AS DECIMAL({MAX_PRECISION}, {scale})))");
        let whole = format!("CAST('{unit}' AS DECIMAL({}, 0))", digits + 1);
        let upper = format!("CAST(({x} - {lower}) / {whole} AS DECIMAL({MAX_PRECISION}, 0))");
        let (upper, lower) = (self.of("SUM", false, &upper), self.of("SUM", false, &lower));
        // A sum of two numbers of 38 digits keeps all of them after the point up to six.
        let most = if scale > 6 { MAX_PRECISION - 1 } else { MAX_PRECISION };
        format!(
            "(CAST({upper} * {whole} AS DECIMAL({most}, {scale})) + CAST({lower} AS DECIMAL({most}, {scale})))"
        )
    }

    /// The text of a value that an aggregate has several times: the name of a column where it is long.
    fn repeated(&self, value: &Expr, least: super::expr::Binding) -> String {
        let text = self.bound(value, least);
        match self.shared {
            Some(rows) if text.len() > MOST_REPEATED && is_of_row(value) => rows.borrow_mut().value(text),
            _ => text,
        }
    }

    fn average(&self, value: &Expr, distinct: bool) -> String {
        let count = || self.of("COUNT", distinct, &self.print(value));
        match (&value.kind, value.data_type) {
            (ExprKind::Cast { operand, .. }, DataType::Double) if operand.data_type.is_integer() => {
                let count = self.of("COUNT", distinct, &self.print(operand));
                if distinct && self.overlaps {
                    // Of up to a million whole numbers, a mean with six digits after the decimal point gives back the
                    // sum.
                    let exact = format!("CAST({} AS DECIMAL(19, 0))", self.print(operand));
                    let mean = self.of("AVG", true, &exact);
                    return format!("CAST(ROUND({mean} * {count}, 0) AS DOUBLE) / {count}");
                }
                let whole = as_big(operand);
                let (total, _) = self.exact_total(&whole, distinct);
                format!("CAST({total} AS DOUBLE) / {count}")
            }
            (_, DataType::Double) if self.over.is_some() => {
                format!("{} / {}", self.total_of_doubles(value), count())
            }
            (_, DataType::Double) => finite(&self.of("AVG", distinct, &self.print(value)), DataType::Double),
            (_, DataType::Decimal { precision, scale: scale @ 0..=6 })
                if self.over.is_some() && precision > SAFE_DIGITS =>
            {
                format!("{} / {}", self.total_of_decimals(value, scale), count())
            }
            _ => self.of("AVG", distinct, &self.print(value)),
        }
    }

    /// The square of the deviation.
    fn variance(&self, value: &Expr, distinct: bool, of_sample: bool) -> String {
        let x = self.repeated(value, super::expr::Binding::Add);
        let count = self.of("COUNT", distinct, &self.print(value));
        let scaled = self.scaled(value, &x, distinct);
        let population = match scaled.as_slice() {
            [only] if only.always => self.variance_of(only, &count, distinct),
            scaled => self.variance_by_size(value, scaled, &count, distinct),
        };
        let of_rows = format!("CASE WHEN {count} > 0 THEN {population} END");
        if of_sample { format!("({of_rows} * {count} / NULLIF({count} - 1, 0))") } else { of_rows }
    }

    /// The square of the deviation, of the first scale that holds all of the numbers.
    fn variance_by_size(&self, value: &Expr, scaled: &[Scaled], count: &str, distinct: bool) -> String {
        // Where the numbers are spread, Flink's own formula has all digits, and knows no size of numbers. Over rows
        // that go, it keeps what they left behind; of numbers that differ, it takes the squares that differ.
        let own = (self.over.is_none() && !distinct).then(|| self.of("VAR_POP", false, &self.print(value)));
        let mut branches = String::new();
        if let Some(own) = own.as_ref().filter(|_| scaled.len() > 1) {
            let mean = self.of("AVG", false, &self.print(value));
            branches = format!(" WHEN {own} > 1E-8 * {mean} * {mean} THEN {own}");
        }
        for scaled in scaled {
            let known = self.of("COUNT", distinct, &scaled.number);
            let variance = self.variance_of(scaled, count, distinct);
            branches.push_str(&format!(" WHEN {known} = {count} THEN {variance}"));
        }
        // The formula's own error may be less than nothing.
        let otherwise = own.map_or(String::new(), |own| {
            let positive = format!("CASE WHEN {own} > 0E0 THEN {own} WHEN {own} <= 0E0 THEN 0E0 END");
            format!(" ELSE {}", finite(&positive, DataType::Double))
        });
        format!("CASE{branches}{otherwise} END")
    }

    fn scaled(&self, value: &Expr, x: &str, distinct: bool) -> Vec<Scaled> {
        if let ExprKind::Cast { operand, .. } = &value.kind {
            let inner = self.repeated(operand, super::expr::Binding::Or);
            match operand.data_type {
                _ if is_small(operand) => {
                    let number = format!("CAST({inner} AS BIGINT)");
                    return vec![Scaled { number, factor: "1E0".into(), always: true }];
                }
                DataType::BigInt => {
                    let number = format!(
                        "CASE WHEN {inner} BETWEEN -{MOST_SQUARED} AND {MOST_SQUARED} THEN {inner} END"
                    );
                    return vec![Scaled { number, factor: "1E0".into(), always: false }];
                }
                DataType::Decimal { precision, scale } if precision <= 15 => {
                    let one = format!("1{}", "0".repeat(scale.into()));
                    let inner = self.repeated(operand, super::expr::Binding::Multiply);
                    let number =
                        format!("CAST({inner} * CAST({one} AS DECIMAL({}, 0)) AS BIGINT)", scale + 1);
                    return vec![Scaled { number, factor: format!("1E{scale}"), always: true }];
                }
                _ => {}
            }
        }
        let scales = if self.over.is_some() || distinct { SCALES_ALONE } else { SCALES };
        let of = |scale: &Scale| Scaled {
            number: format!(
                "CASE WHEN ABS({x}) < {} THEN CAST({x} * {} AS BIGINT) END",
                scale.below, scale.factor
            ),
            factor: scale.factor.into(),
            always: false,
        };
        scales.iter().map(of).collect()
    }

    /// The square of the deviation, of sums of whole numbers that are exact. They are moved by the rounded mean, which
    /// leaves small numbers.
    fn variance_of(&self, scaled: &Scaled, count: &str, distinct: bool) -> String {
        // Numbers that differ have squares that differ where none is below 0; a deviation does not mind.
        let number = if distinct {
            format!("CAST({} + {ABOVE_ZERO} AS DECIMAL(17, 0))", scaled.number)
        } else {
            format!("CAST({} AS DECIMAL(16, 0))", scaled.number)
        };
        let total = self.of("SUM", distinct, &number);
        let squares = self.of("SUM", distinct, &format!("{number} * {number}"));
        let mean = format!("CAST(CAST({total} AS DOUBLE) / {count} AS DECIMAL(19, 0))");
        let rest = format!("CAST({total} - {count} * {mean} AS DOUBLE)");
        let moved = format!("CAST({squares} - {mean} * (2 * {total} - {count} * {mean}) AS DOUBLE)");
        format!("({moved} - {rest} * {rest} / {count}) / {count} / {0} / {0}", scaled.factor)
    }
}

/// Whether the text of an expression is the name of a column.
fn is_column(text: &str) -> bool {
    text.matches('`').count() == 2 && text.starts_with('`') && text.ends_with('`')
}

/// A whole number as one of 64 bits.
fn as_big(expr: &Expr) -> Expr {
    if expr.data_type == DataType::BigInt {
        return expr.clone();
    }
    let operand = Box::new(expr.clone());
    Expr { kind: ExprKind::Cast { operand, written: false }, data_type: DataType::BigInt, span: expr.span }
}
