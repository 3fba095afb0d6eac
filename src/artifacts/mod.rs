//! `artifacts`: a stack to the files of a build. Texts that are for committing, and the artifacts that the stack runs,
//! made only where they are not there already: a key holds a hash of what an artifact is made from.

pub mod connector;
mod manifest;

use std::borrow::Cow;
use std::io::{self, Cursor, Write};

use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::aws::flink::Maven;
use crate::aws::instance_types::Architecture;
use crate::pack;
use crate::plan::{Artifact, Content, MAIN_PY, PYTHON_FILES, Plan};
use crate::programs::{Program, Programs};

pub use crate::spec::ARTIFACTS_DIR;

/// A file for committing, below the pipeline's own folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFile {
    /// Name.
    pub name: &'static str,
    /// Text.
    pub text: String,
}

/// Names of all files for committing that a build can write.
pub const TEXT_NAMES: [&str; 4] = ["template.yaml", "manifest.json", "pipeline.sql", FUNCTIONS];
/// What `main.py` reads to make Python functions known to the SQL.
const FUNCTIONS: &str = "functions.json";
/// Folder of those functions' code within the zip, for `main.py` to ship to the workers.
const PYTHON_DIR: &str = "python";
/// The executable there that `pipec_forest.py` starts.
const FOREST: &str = "pipec-forest";

/// The files for committing: the template, the manifest, and the SQL that Flink runs.
pub fn texts(plan: &Plan, template: &str) -> Vec<TextFile> {
    let [of_template, of_manifest, of_sql, of_functions] = TEXT_NAMES;
    let mut texts = vec![
        TextFile { name: of_template, text: template.to_owned() },
        TextFile { name: of_manifest, text: manifest::text(plan) },
    ];
    if let Some(analytics) = &plan.analytics {
        texts.push(TextFile { name: of_sql, text: analytics.sql.clone() });
        let functions = analytics.functions.as_ref();
        texts.extend(functions.map(|functions| TextFile { name: of_functions, text: functions.clone() }));
    }
    texts
}

/// The connector that a plan's Flink application needs.
pub fn connector(plan: &Plan) -> Option<Maven> {
    plan.artifacts.iter().find_map(|artifact| match &artifact.content {
        Content::Flink { connector, .. } => Some(*connector),
        _ => None,
    })
}

/// The bytes of an artifact; `None` for a Flink zip without its connector.
///
/// # Errors
/// As the zip writer gives them; none for programs that this pipec carries.
pub fn bytes<'a>(
    artifact: &Artifact,
    programs: &'a Programs,
    jar: Option<&[u8]>,
) -> io::Result<Option<Cow<'a, [u8]>>> {
    let packed = |program, architecture| {
        programs
            .get(program, architecture)
            .map(|build| build.packed.as_ref())
            .ok_or_else(|| io::Error::other("the program is not part of this pipec"))
    };
    match &artifact.content {
        Content::Executable { program, architecture } => {
            Ok(Some(Cow::Borrowed(packed(*program, *architecture)?)))
        }
        Content::Records(records) => pack::gzip(records).map(Cow::Owned).map(Some),
        Content::Function { program, architecture, files } => {
            let packed = packed(*program, *architecture)?;
            if files.is_empty() {
                return Ok(Some(Cow::Borrowed(packed)));
            }
            with_files(packed, files).map(Cow::Owned).map(Some)
        }
        Content::Flink { sql, functions, connector } => {
            let Some(jar) = jar else { return Ok(None) };
            let forest = match functions {
                Some(functions) => Some((functions.as_str(), packed(Program::Forest, Architecture::X86_64)?)),
                None => None,
            };
            flink(sql, forest, connector, jar).map(Cow::Owned).map(Some)
        }
    }
}

/// A function's zip with files beside the executable, which stays compressed as it is.
fn with_files(packed: &[u8], files: &[(&str, String)]) -> io::Result<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(packed))?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::with_capacity(packed.len() + 1024)));
    zip.raw_copy_file(archive.by_index_raw(0)?)?;
    for (name, text) in files {
        zip.start_file(*name, pack::options(false, CompressionMethod::Stored))?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// A Flink application's zip: with the description of its forests and their packed program, where it has any. The jar is a
/// zip itself, so it is stored.
fn flink(sql: &str, forests: Option<(&str, &[u8])>, connector: &Maven, jar: &[u8]) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::with_capacity(jar.len() + 16 * 1024)));
    for (name, text) in [("main.py", MAIN_PY), ("pipeline.sql", sql)] {
        zip.start_file(name, pack::options(false, CompressionMethod::Deflated))?;
        zip.write_all(text.as_bytes())?;
    }
    if let Some((functions, packed)) = forests {
        let python = PYTHON_FILES.map(|(name, text)| (format!("{PYTHON_DIR}/{name}"), text));
        for (name, text) in [(FUNCTIONS.to_owned(), functions)].into_iter().chain(python) {
            zip.start_file(name, pack::options(false, CompressionMethod::Deflated))?;
            zip.write_all(text.as_bytes())?;
        }
        let mut archive = ZipArchive::new(Cursor::new(packed))?;
        zip.raw_copy_file_rename(archive.by_index_raw(0)?, format!("{PYTHON_DIR}/{FOREST}"))?;
    }
    zip.start_file(format!("lib/{}", connector.jar()), pack::options(false, CompressionMethod::Stored))?;
    zip.write_all(jar)?;
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::*;
    use crate::aws::flink::runtime;

    fn entries(zip: &[u8]) -> Vec<(String, Vec<u8>, Option<u32>)> {
        let mut archive = ZipArchive::new(Cursor::new(zip)).unwrap();
        (0..archive.len())
            .map(|index| {
                let mut file = archive.by_index(index).unwrap();
                let mut content = Vec::new();
                file.read_to_end(&mut content).unwrap();
                (file.name().unwrap().into_owned(), content, file.unix_mode())
            })
            .collect()
    }

    proptest! {
        #[test]
        fn zips_are_the_same_bytes_for_the_same_input(program in any::<Vec<u8>>(), text in ".{0,200}") {
            let files = [("transform.json", text.clone())];
            let first = with_files(&pack::function(&program).unwrap(), &files).unwrap();
            let second = with_files(&pack::function(&program).unwrap(), &files).unwrap();
            prop_assert_eq!(&first, &second);
            let entries = entries(&first);
            prop_assert_eq!(&entries[0], &("bootstrap".to_owned(), program, Some(0o100_755)));
            prop_assert_eq!(&entries[1].1, text.as_bytes());
        }
    }

    #[test]
    fn a_flink_zip_holds_program_sql_and_connector() {
        let connector = runtime("FLINK-2_2").unwrap().kinesis_sql_connector.unwrap();
        let zip = flink("SELECT 1;\n", None, &connector, b"PK jar").unwrap();
        let names: Vec<String> = entries(&zip).into_iter().map(|entry| entry.0).collect();
        assert_eq!(names, ["main.py", "pipeline.sql", &format!("lib/{}", connector.jar())]);
        assert_eq!(zip, flink("SELECT 1;\n", None, &connector, b"PK jar").unwrap());
    }

    #[test]
    fn only_a_zip_with_forests_holds_their_program() {
        let connector = runtime("FLINK-2_2").unwrap().kinesis_sql_connector.unwrap();
        let packed = pack::function(b"\x7fELF program").unwrap();
        let zip = flink("SELECT 1;\n", Some(("[]\n", &packed)), &connector, b"PK jar").unwrap();
        let entries = entries(&zip);
        let names: Vec<&str> = entries.iter().map(|entry| entry.0.as_str()).collect();
        let jar = format!("lib/{}", connector.jar());
        assert_eq!(
            names,
            [
                "main.py",
                "pipeline.sql",
                "functions.json",
                "python/pipec_forest.py",
                "python/pipec_forest_slow.py",
                "python/pipec-forest",
                &jar
            ]
        );
        assert_eq!(entries[5].1, b"\x7fELF program");
        assert_eq!(entries[5].2, Some(0o100_755));
    }
}
