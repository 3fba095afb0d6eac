//! `pipec schema`

use clap::{Args, ValueEnum};

use super::output::{Exit, print};
use pipec_compiler::spec::{reference, schema};

/// Print the JSON Schema of a spec, for editors
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  pipec schema > pipeline.schema.json\n\nThen begin a spec with\n  # \
                        yaml-language-server: $schema=pipeline.schema.json")]
pub(super) struct SchemaVerb {
    /// `json` for editors, `store` for the catalogue of SchemaStore, `markdown` for people
    #[arg(long, value_enum, default_value_t)]
    format: SchemaFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum SchemaFormat {
    #[default]
    Json,
    Store,
    Markdown,
}

impl SchemaVerb {
    pub(super) fn run(self) -> Result<(), Exit> {
        match self.format {
            SchemaFormat::Json => print(schema::TEXT),
            SchemaFormat::Store => {
                let text = serde_json::to_string_pretty(&schema::store(schema::schema())).unwrap_or_default();
                print(&(text + "\n"))
            }
            SchemaFormat::Markdown => print(&reference::text(schema::schema())),
        }
    }
}
