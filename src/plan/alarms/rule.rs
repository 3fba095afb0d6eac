//! When an alarm rings.

use crate::aws::metrics::MetricName;
use crate::plan::value::Value;
use crate::spec::AlarmKey;

/// When an alarm rings, and what it means.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The key of the spec for this kind of alarm.
    pub key: AlarmKey,
    /// What it reads.
    pub(super) watch: Watch,
    /// The value of the metric's dimension, where it is not the subject's name.
    pub(super) of: Option<Value>,
    /// The values of the metric's other dimensions, in their order.
    pub(super) further: Vec<Value>,
    /// Logical id of what it watches, where a node has several resources.
    pub(super) resource: Option<String>,
    /// Seconds of a value.
    pub(super) period: u64,
    /// Values that are looked at.
    pub(super) periods: u64,
    /// Values among these that must be beyond the threshold.
    pub(super) datapoints: u64,
    /// How they are compared.
    pub(super) compare: Compare,
    /// Threshold, in the metric's unit.
    pub(super) threshold: f64,
    /// How a missing value counts.
    pub(super) missing: Missing,
    /// What it means and what to do.
    pub(super) description: String,
}

/// What an alarm reads.
#[derive(Clone, Debug)]
pub(super) enum Watch {
    /// A metric, by a statistic.
    Metric(MetricName, &'static str),
    /// How fast a counter grows.
    Rate(MetricName),
    /// The sum of several counts.
    SumOf(Vec<MetricName>),
    /// The sum of a count over all metrics of its name that have the one dimension, whatever others they have.
    Query(MetricName),
}

/// How a value is compared with the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// It rings above it.
    Above,
    /// It rings at it and above.
    AtLeast,
    /// It rings below it.
    Below,
}

impl Compare {
    /// CloudWatch's word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Above => "GreaterThanThreshold",
            Self::AtLeast => "GreaterThanOrEqualToThreshold",
            Self::Below => "LessThanThreshold",
        }
    }
}

/// How a missing value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// As a good one: silence is normal.
    Fine,
    /// As a fault, once the resource of this logical id exists.
    Breaches(Option<&'static str>),
}

/// Seconds of a value, values that are looked at, and values among these that must be beyond the threshold.
#[derive(Clone, Copy, Debug)]
pub struct Span(pub u64, pub u64, pub u64);

/// One minute.
pub const MINUTE: u64 = 60;
/// Five minutes.
pub const FIVE_MINUTES: u64 = 300;

impl Rule {
    /// An alarm on a metric.
    pub fn new(
        key: AlarmKey,
        (metric, statistic): (MetricName, &'static str),
        Span(period, periods, datapoints): Span,
        compare: Compare,
        threshold: f64,
        description: String,
    ) -> Self {
        let watch = Watch::Metric(metric, statistic);
        let missing = Missing::Fine;
        let (of, further, resource) = (None, Vec::new(), None);
        Self {
            key,
            watch,
            of,
            further,
            resource,
            period,
            periods,
            datapoints,
            compare,
            threshold,
            missing,
            description,
        }
    }

    /// An alarm that rings whenever a counter has grown.
    pub fn growth(key: AlarmKey, metric: MetricName, description: String) -> Self {
        let span = Span(FIVE_MINUTES, 1, 1);
        let rule = Self::new(key, (metric, "Maximum"), span, Compare::Above, 0.0, description);
        Self { watch: Watch::Rate(metric), ..rule }
    }

    /// An alarm that rings if one of several things has happened in five minutes.
    pub fn any_of(key: AlarmKey, metrics: &[MetricName], description: String) -> Option<Self> {
        let first = *metrics.first()?;
        let span = Span(FIVE_MINUTES, 1, 1);
        let rule = Self::new(key, (first, "Sum"), span, Compare::Above, 0.0, description);
        Some(Self { watch: Watch::SumOf(metrics.to_vec()), ..rule })
    }

    /// An alarm that rings if something has happened in five minutes at all.
    pub fn happened(key: AlarmKey, metric: MetricName, description: String) -> Self {
        Self::new(key, (metric, "Sum"), Span(FIVE_MINUTES, 1, 1), Compare::Above, 0.0, description)
    }

    /// An alarm that rings if something has happened in five minutes at all, to any metric with the one dimension.
    pub fn queried(key: AlarmKey, metric: MetricName, description: String) -> Self {
        Self { watch: Watch::Query(metric), ..Self::happened(key, metric, description) }
    }

    /// Missing values count as a fault, once the resource of this logical id exists.
    #[must_use]
    pub fn missing_breaches(mut self, after: &'static str) -> Self {
        self.missing = Missing::Breaches(Some(after));
        self
    }

    /// Missing values count as a fault as soon as the subject exists.
    #[must_use]
    pub fn missing_breaches_from_the_start(mut self) -> Self {
        self.missing = Missing::Breaches(None);
        self
    }

    /// The metric is found by another name than the subject's.
    #[must_use]
    pub fn of(mut self, name: Value) -> Self {
        self.of = Some(name);
        self
    }

    /// The metric is found by the values of its other dimensions as well.
    #[must_use]
    pub fn and(mut self, further: Vec<Value>) -> Self {
        self.further = further;
        self
    }

    /// It watches one of several resources of its node.
    #[must_use]
    pub fn on(mut self, logical_id: String) -> Self {
        self.resource = Some(logical_id);
        self
    }
}
