//! CloudWatch's, Kinesis's and S3's answers as the types of [`super::super::observer`].

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::types::{
    Dimension, Metric, MetricAlarm, MetricDataQuery, MetricDataResult, MetricStat, ScanBy, StateValue,
    StatusCode,
};
use aws_sdk_kinesis::types::ShardIteratorType;
use aws_smithy_types::DateTime;
use aws_smithy_types::timeout::TimeoutConfig;

use super::SdkClient;
use crate::cloud::call_error::{CallError, CallErrorKind};
use crate::cloud::client::{AwsClient, Call};
use crate::cloud::observer::{
    Alarm, AlarmState, LogEvent, LogPage, LogRequest, MetricQuery, Object, Observer,
};
use crate::cloud::observer::{Point, Position, RecordPage, Shard, StreamRecord};

/// Metrics of one `GetMetricData`. CloudWatch API reference, 2026-11.
const METRICS_MAX: usize = 500;
/// Names of one `DescribeAlarms`. CloudWatch API reference, 2026-11.
const ALARM_NAMES_MAX: usize = 100;
/// Records of one `GetRecords`, so that an answer stays far below the 10 MiB after which a shard rests for seconds.
const RECORDS_MAX: i32 = 1_000;
/// Of one attempt to fetch an object, which has up to 128 MB before its compression.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(600);

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

fn millis(time: &DateTime) -> i64 {
    time.to_millis().unwrap_or_default()
}

impl Observer for SdkClient {
    fn now(&self) -> i64 {
        millis(&DateTime::from(SystemTime::now()))
    }

    fn pause(&self, time: Duration) -> Call<()> {
        self.wait(time)
    }

    fn metrics(&self, queries: &[MetricQuery], from: i64, to: i64) -> Call<Vec<Vec<Point>>> {
        let client = aws_sdk_cloudwatch::Client::new(self.config());
        let mut found = vec![Vec::new(); queries.len()];
        for (chunk, queries) in queries.chunks(METRICS_MAX).enumerate() {
            let first = chunk * METRICS_MAX;
            let asked: Vec<MetricDataQuery> =
                queries.iter().enumerate().map(|(index, query)| asked(first + index, query)).collect();
            let mut token = None;
            loop {
                let send = client
                    .get_metric_data()
                    .set_metric_data_queries(Some(asked.clone()))
                    .start_time(DateTime::from_secs(from))
                    .end_time(DateTime::from_secs(to))
                    .scan_by(ScanBy::TimestampAscending)
                    .set_next_token(token)
                    .send();
                let answer = self.call("cloudwatch:GetMetricData", send)?;
                for result in answer.metric_data_results() {
                    given(result)?;
                    let index = result.id().and_then(|id| id.strip_prefix('m')?.parse::<usize>().ok());
                    let Some(points) = index.and_then(|index| found.get_mut(index)) else { continue };
                    let values = result.timestamps().iter().zip(result.values());
                    points.extend(values.map(|(at, value)| Point { at: at.secs(), value: *value }));
                }
                token = answer.next_token().map(str::to_owned);
                if token.is_none() {
                    break;
                }
            }
        }
        Ok(found)
    }

    fn ringing_alarms(&self) -> Call<Vec<Alarm>> {
        let client = aws_sdk_cloudwatch::Client::new(self.config());
        let (mut found, mut token) = (Vec::new(), None);
        loop {
            let send = client.describe_alarms().state_value(StateValue::Alarm).set_next_token(token).send();
            let answer = self.call("cloudwatch:DescribeAlarms", send)?;
            found.extend(answer.metric_alarms().iter().map(alarm));
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    fn alarms(&self, names: &[String]) -> Call<Vec<AlarmState>> {
        let client = aws_sdk_cloudwatch::Client::new(self.config());
        let mut found = Vec::new();
        for names in names.chunks(ALARM_NAMES_MAX) {
            let mut token = None;
            loop {
                let send = client
                    .describe_alarms()
                    .set_alarm_names(Some(names.to_vec()))
                    .set_next_token(token)
                    .send();
                let answer = self.call("cloudwatch:DescribeAlarms", send)?;
                found.extend(answer.metric_alarms().iter().map(|alarm| {
                    AlarmState {
                        name: text(alarm.alarm_name()),
                        state: text(alarm.state_value().map(StateValue::as_str)),
                        since: alarm
                            .state_transitioned_timestamp()
                            .or(alarm.state_updated_timestamp())
                            .map(DateTime::secs),
                        reason: text(alarm.state_reason()),
                    }
                }));
                token = answer.next_token().map(str::to_owned);
                if token.is_none() {
                    break;
                }
            }
        }
        Ok(found)
    }

    fn log_events(&self, request: &LogRequest) -> Call<LogPage> {
        let client = aws_sdk_cloudwatchlogs::Client::new(self.config());
        let send = client
            .filter_log_events()
            .log_group_name(request.group)
            .start_time(request.from)
            .end_time(request.to)
            .set_filter_pattern(request.pattern.map(str::to_owned))
            .set_next_token(request.token.map(str::to_owned))
            .send();
        let answer = self.call("logs:FilterLogEvents", send)?;
        let event = |event: &aws_sdk_cloudwatchlogs::types::FilteredLogEvent| LogEvent {
            id: text(event.event_id()),
            stream: text(event.log_stream_name()),
            at: event.timestamp().unwrap_or_default(),
            message: text(event.message()),
        };
        Ok(LogPage {
            events: answer.events().iter().map(event).collect(),
            token: answer.next_token().map(str::to_owned),
        })
    }

    fn shards(&self, stream: &str) -> Call<Vec<Shard>> {
        let client = aws_sdk_kinesis::Client::new(self.config());
        let (mut found, mut token) = (Vec::new(), None::<String>);
        loop {
            // A token says which stream it belongs to.
            let named = token.is_none().then(|| stream.to_owned());
            let send = client.list_shards().set_stream_name(named).set_next_token(token).send();
            let answer = self.call("kinesis:ListShards", send)?;
            found.extend(answer.shards().iter().map(|shard| {
                let parents = [shard.parent_shard_id(), shard.adjacent_parent_shard_id()];
                Shard {
                    id: shard.shard_id().to_owned(),
                    parents: parents.into_iter().flatten().map(str::to_owned).collect(),
                    open: shard
                        .sequence_number_range()
                        .is_none_or(|range| range.ending_sequence_number().is_none()),
                }
            }));
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    fn shard_iterator(&self, stream: &str, shard: &str, position: &Position) -> Call<String> {
        let client = aws_sdk_kinesis::Client::new(self.config());
        let request = client.get_shard_iterator().stream_name(stream).shard_id(shard);
        let request = match position {
            Position::Latest => request.shard_iterator_type(ShardIteratorType::Latest),
            Position::Oldest => request.shard_iterator_type(ShardIteratorType::TrimHorizon),
            Position::At(millis) => request
                .shard_iterator_type(ShardIteratorType::AtTimestamp)
                .timestamp(DateTime::from_millis(*millis)),
            Position::After(sequence) => request
                .shard_iterator_type(ShardIteratorType::AfterSequenceNumber)
                .starting_sequence_number(sequence),
        };
        let answer = self.call("kinesis:GetShardIterator", request.send())?;
        Ok(text(answer.shard_iterator()))
    }

    fn records(&self, iterator: &str) -> Call<RecordPage> {
        let client = aws_sdk_kinesis::Client::new(self.config());
        let send = client.get_records().shard_iterator(iterator).limit(RECORDS_MAX).send();
        let answer = self.call("kinesis:GetRecords", send)?;
        let record = |record: &aws_sdk_kinesis::types::Record| StreamRecord {
            sequence: record.sequence_number().to_owned(),
            data: record.data().as_ref().to_vec(),
        };
        Ok(RecordPage {
            records: answer.records().iter().map(record).collect(),
            next: answer.next_shard_iterator().map(str::to_owned),
            behind: answer.millis_behind_latest(),
        })
    }

    fn objects(&self, bucket: &str, prefix: &str) -> Call<Vec<Object>> {
        let (mut found, mut token) = (Vec::new(), None);
        loop {
            let request = self.s3.list_objects_v2().bucket(bucket).prefix(prefix);
            let answer = self.call("s3:ListBucket", request.set_continuation_token(token).send())?;
            found.extend(answer.contents().iter().map(|object| Object {
                key: text(object.key()),
                at: object.last_modified().map(millis).unwrap_or_default(),
                bytes: object.size().and_then(|size| size.try_into().ok()).unwrap_or_default(),
            }));
            token = answer.next_continuation_token().map(str::to_owned);
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    fn read_object(&self, bucket: &str, key: &str) -> Call<Option<Vec<u8>>> {
        let patience = TimeoutConfig::builder().operation_attempt_timeout(DOWNLOAD_TIMEOUT).build();
        let patience = aws_sdk_s3::config::Builder::new().timeout_config(patience);
        let send = self.s3.get_object().bucket(bucket).key(key).customize().config_override(patience).send();
        let answer = match self.call("s3:GetObject", send) {
            Ok(answer) => answer,
            Err(error) if error.kind == CallErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        self.collect("s3:GetObject", answer.body).map(Some)
    }
}

impl SdkClient {
    /// The bytes of an answer, or Ctrl-C.
    fn collect(&self, action: &'static str, body: aws_sdk_s3::primitives::ByteStream) -> Call<Vec<u8>> {
        let broken =
            |message: String| CallError { action, kind: CallErrorKind::Unreachable, code: None, message };
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = self.interrupt.pressed() => Err(super::interrupted(action)),
                body = body.collect() => match body {
                    Ok(body) => Ok(body.to_vec()),
                    Err(_) => Err(broken("the response was truncated".into())),
                },
            }
        })
    }
}

/// A metric that could not be read has no values either, and must not pass for one without data.
fn given(result: &MetricDataResult) -> Call<()> {
    let kind = match result.status_code() {
        Some(StatusCode::Forbidden) => CallErrorKind::Denied,
        Some(StatusCode::InternalError) => CallErrorKind::Unreachable,
        _ => return Ok(()),
    };
    let message = result.messages().first().and_then(|message| message.value());
    Err(CallError {
        action: "cloudwatch:GetMetricData",
        kind,
        code: result.status_code().map(|code| code.as_str().to_owned()),
        message: text(message),
    })
}

fn asked(index: usize, query: &MetricQuery) -> MetricDataQuery {
    let (name, value) = &query.dimension;
    let dimension = Dimension::builder().name(*name).value(value).build();
    let metric =
        Metric::builder().namespace(query.namespace).metric_name(query.name).dimensions(dimension).build();
    let period = i32::try_from(query.period).unwrap_or(i32::MAX);
    let stat = MetricStat::builder().metric(metric).period(period).stat(query.statistic).build();
    MetricDataQuery::builder().id(format!("m{index}")).metric_stat(stat).return_data(true).build()
}

fn alarm(alarm: &MetricAlarm) -> Alarm {
    let value = |dimension: &Dimension| text(dimension.value());
    let mut dimensions: Vec<String> = alarm.dimensions().iter().map(value).collect();
    // An alarm on an expression names its metrics one by one.
    for query in alarm.metrics() {
        let metric = query.metric_stat().and_then(MetricStat::metric);
        dimensions.extend(metric.map(Metric::dimensions).unwrap_or_default().iter().map(value));
    }
    Alarm { name: text(alarm.alarm_name()), reason: text(alarm.state_reason()), dimensions }
}
