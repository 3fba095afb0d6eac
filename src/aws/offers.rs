//! Where AWS's public price list has the items of [`super::prices`].
//!
//! Usage types as AWS's bills and public readers of the price list have them, 2026-11. A usage type has the region's
//! code in front (`EUC1-Storage-ShardHour`), except in us-east-1 and in a few services.

use super::prices::Item;
use Item::*;

/// The address of the price list, which needs no credentials. AWS Billing user guide, "Getting price list files
/// manually", 2026-11.
pub const PRICE_LIST: &str = "https://pricing.us-east-1.amazonaws.com";
/// The offer with the instance types.
pub const EC2: &str = "AmazonEC2";

/// An item in the price list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Listed {
    /// The item.
    pub item: Item,
    /// The service's offer.
    pub offer: &'static str,
    /// Its usage type, without the region's code.
    pub usage_type: &'static str,
    /// Units of the list in one unit of the item.
    pub per: f64,
}

const fn listed(item: Item, offer: &'static str, usage_type: &'static str, per: f64) -> Listed {
    Listed { item, offer, usage_type, per }
}

/// Every item that an estimate can contain.
#[rustfmt::skip]
pub const LISTED: &[Listed] = &[
    listed(KinesisShardHour, "AmazonKinesis", "Storage-ShardHour", 1.0),
    listed(KinesisPutUnitsMillion, "AmazonKinesis", "PutRequestPayloadUnits", 1e6),
    listed(KinesisOnDemandStreamHour, "AmazonKinesis", "OnDemand-StreamHour", 1.0),
    listed(KinesisOnDemandInGb, "AmazonKinesis", "OnDemand-BilledIncomingBytes", 1.0),
    listed(KinesisOnDemandOutGb, "AmazonKinesis", "OnDemand-BilledOutgoingBytes", 1.0),
    listed(KinesisExtendedRetentionShardHour, "AmazonKinesis", "Extended-ShardHour", 1.0),
    listed(KinesisOnDemandExtendedRetentionGbMonth, "AmazonKinesis", "OnDemand-ExtendedRetention-ByteHrs", 1.0),
    listed(KinesisLongTermRetentionGbMonth, "AmazonKinesis", "LongTermRetention-ByteHrs", 1.0),
    listed(KinesisLongTermReadGb, "AmazonKinesis", "LongTermRetention-ReadBytes", 1.0),
    listed(KinesisEfoConsumerShardHour, "AmazonKinesis", "EnhancedFanoutHour", 1.0),
    listed(KinesisEfoGb, "AmazonKinesis", "ReadBytes", 1.0),
    listed(KinesisOnDemandEfoGb, "AmazonKinesis", "OnDemand-BilledOutgoingEFOBytes", 1.0),
    listed(FirehoseIngestGb, "AmazonKinesisFirehose", "BilledBytes", 1.0),
    listed(FlinkKpuHour, "AmazonKinesisAnalytics", "KPU-Hour-Java", 1.0),
    listed(FlinkRunningStorageGbMonth, "AmazonKinesisAnalytics", "RunningApplicationStorage", 1.0),
    listed(FlinkSnapshotGbMonth, "AmazonKinesisAnalytics", "DurableApplicationBackups", 1.0),
    listed(LambdaRequestsMillion, "AWSLambda", "Request", 1e6),
    listed(LambdaGbSecondX86, "AWSLambda", "Lambda-GB-Second", 1.0),
    listed(LambdaGbSecondArm, "AWSLambda", "Lambda-GB-Second-ARM", 1.0),
    listed(S3StorageGbMonth, "AmazonS3", "TimedStorage-ByteHrs", 1.0),
    listed(S3PutThousand, "AmazonS3", "Requests-Tier1", 1e3),
    listed(S3GetThousand, "AmazonS3", "Requests-Tier2", 1e3),
    listed(EbsGp3GbMonth, EC2, "EBS:VolumeUsage.gp3", 1.0),
    listed(PublicIpv4Hour, "AmazonVPC", "PublicIPv4:InUseAddress", 1.0),
    listed(LogsIngestGb, "AmazonCloudWatch", "DataProcessing-Bytes", 1.0),
    listed(LogsStorageGbMonth, "AmazonCloudWatch", "TimedStorage-ByteHrs", 1.0),
    listed(AlarmMonth, "AmazonCloudWatch", "CW:AlarmMonitorUsage", 1.0),
    listed(AlarmHighResolutionMonth, "AmazonCloudWatch", "CW:HighResAlarmMonitorUsage", 1.0),
    listed(DashboardMonth, "AmazonCloudWatch", "DashboardsUsageHour", 1.0),
    listed(ApiGatewayRequestsMillion, "AmazonApiGateway", "ApiGatewayRequest", 1e6),
    listed(CustomMetricMonth, "AmazonCloudWatch", "CW:MetricMonitorUsage", 1.0),
];

/// Where an item is listed.
pub fn listing(item: Item) -> Option<&'static Listed> {
    LISTED.iter().find(|listed| listed.item == item)
}
