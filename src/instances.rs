//! How many instances a producer needs, from its rate and the network of their type.

use crate::aws::instance_types::{self, InstanceType};
use crate::aws::limits::ec2;
use crate::capacity;
use crate::pipeline::{Pipeline, Producer};

/// What the producer asks of its instances.
#[derive(Clone, Copy, Debug)]
pub struct InstanceNeed {
    /// The type.
    pub instance_type: &'static InstanceType,
    /// Bytes a second on the wire for the whole rate.
    pub wire_bytes_per_second: u64,
    /// Instances whose baseline network carries it.
    pub needed: u64,
    /// Instances that the stack has.
    pub count: u64,
}

/// The instances of a pipeline's producer; `None` without a producer, or with an unknown type.
pub fn instances(pipeline: &Pipeline) -> Option<InstanceNeed> {
    let producer = pipeline.producer.as_ref()?;
    let instance_type = instance_types::instance_type(&producer.instance_type.value)?;
    let wire = wire_bytes(pipeline, producer);
    let needed = wire.div_ceil(instance_type.network_baseline_bytes_per_s().max(1)).max(1);
    let count = producer.instances.as_ref().map_or(needed, |instances| instances.value);
    Some(InstanceNeed { instance_type, wire_bytes_per_second: wire, needed, count })
}

/// Bytes a second that leave the instances: Kinesis' JSON protocol carries records in base64 (4 for 3), and HTTP and
/// TLS add a tenth.
fn wire_bytes(pipeline: &Pipeline, producer: &Producer) -> u64 {
    let base64 = pipeline.intake.record_size.value.div_ceil(3).saturating_mul(4);
    let encoded = base64.saturating_add(pipeline.partition_key_bytes());
    let bytes = capacity::bytes_per_second(producer.records_per_second.value, encoded);
    let bytes = u128::from(bytes) * u128::from(100 + ec2::WIRE_OVERHEAD_PERCENT);
    u64::try_from(bytes.div_ceil(100)).unwrap_or(u64::MAX)
}
