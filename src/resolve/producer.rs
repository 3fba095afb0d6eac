//! The producer.

use std::path::Path as FilePath;

use super::{DEFAULT_INSTANCE_TYPE, DEFAULT_SEED, RECORDS_FILE_BYTES_MAX, Resolver, near_file, path_text};
use crate::diagnostics::{Code, Diagnostic};
use crate::parse::{self, Unread, step};
use crate::pipeline::{
    FileSource, GeneratorSource, HttpSource, Network, PartitionKey, Producer, ProducerSource, Setting,
};
use crate::spec;
use crate::world::World;

impl Resolver<'_> {
    /// The producer, its source and its instances.
    pub(super) fn producer(
        &mut self,
        producer: spec::Producer,
        spec_path: &FilePath,
        world: &dyn World,
    ) -> Option<Producer> {
        let source = match (producer.http, producer.file, producer.generate) {
            (Some(http), ..) => ProducerSource::Http(self.http(http)),
            (_, Some(file), _) => ProducerSource::File(self.file(file, spec_path, world)),
            (.., Some(generate)) => ProducerSource::Generator(GeneratorSource {
                span: self.key("/producer/generate"),
                seed: generate.seed.unwrap_or(DEFAULT_SEED),
            }),
            // The schema requires one of them.
            (None, None, None) => return None,
        };
        let partition_key = match producer.partition_key {
            Some(text) if text == "random" => self.written("/producer/partition_key", PartitionKey::Random),
            Some(text) => self.written("/producer/partition_key", PartitionKey::Field(path_text(text))),
            None => self.or("/producer/partition_key", None, PartitionKey::Random),
        };
        Some(Producer {
            span: self.key("/producer"),
            source,
            records_per_second: self.written("/producer/records_per_second", producer.records_per_second),
            partition_key,
            instance_type: self.or(
                "/producer/instance_type",
                producer.instance_type,
                DEFAULT_INSTANCE_TYPE.into(),
            ),
            instances: producer.instances.map(|count| self.written("/producer/instances", count)),
            network: producer.network.map(|network| Network {
                vpc: network.vpc,
                subnets: self.written("/producer/network/subnets", network.subnets),
                public_address: network.public_address.unwrap_or(false),
            }),
        })
    }

    fn http(&self, http: spec::HttpSource) -> HttpSource {
        let records = self.or("/producer/http/records", http.records, "$".into());
        HttpSource {
            url: self.written("/producer/http/url", http.url),
            records: Setting {
                value: path_text(records.value),
                span: records.span,
                written: records.written,
            },
            refresh: http.refresh.map(|refresh| self.written("/producer/http/refresh", refresh.0)),
            headers: http
                .headers
                .into_iter()
                .flatten()
                .map(|(name, value)| {
                    let span = self.key(&format!("/producer/http/headers/{}", step(&name)));
                    (name, value, span)
                })
                .collect(),
        }
    }

    fn file(&mut self, file: spec::FileSource, spec_path: &FilePath, world: &dyn World) -> FileSource {
        let path = self.written("/producer/file/path", file.path);
        let at = spec_path.parent().unwrap_or(FilePath::new("")).join(&path.value);
        let content = match parse::load_bytes(world, &at, RECORDS_FILE_BYTES_MAX) {
            Ok(bytes) => Some(bytes.into()),
            Err(Unread::TooLarge(bytes)) => {
                self.diagnostics.push(Diagnostic::error(
                    Code::RecordsFile,
                    path.span,
                    format!(
                        "`{}` has {bytes} bytes; a file of records has {RECORDS_FILE_BYTES_MAX} at most",
                        at.display()
                    ),
                    "send a part of it, or serve it over HTTP",
                ));
                None
            }
            Err(Unread::Failed(reason)) => {
                self.diagnostics.push(Diagnostic::error(
                    Code::UnreadableFile,
                    path.span,
                    format!("`{}` cannot be read: {reason}", at.display()),
                    near_file(world, spec_path, &path.value)
                        .unwrap_or_else(|| "name a file next to the spec, with one record per line".into()),
                ));
                None
            }
        };
        FileSource { path, content, repeat: file.repeat.unwrap_or(false) }
    }
}
