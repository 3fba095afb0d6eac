//! Where Flink is on this machine.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::version::FLINK_VERSION;

/// The package of Flink's jars, without the Python API.
pub const PIP_PACKAGE: &str = "apache-flink-libraries";

/// A Flink on this machine.
#[derive(Clone, Debug)]
pub struct Flink {
    /// The folder of its jars.
    pub lib: PathBuf,
    /// Its version.
    pub version: String,
    /// The program `java`.
    pub java: PathBuf,
}

/// The folder of pipec's own Flink in its cache.
pub fn folder_in_cache(cache: &Path) -> PathBuf {
    cache.join(format!("flink-{FLINK_VERSION}"))
}

/// Finds Flink: in the named folder, else where `PIPEC_FLINK` or `FLINK_HOME` point to, as an installed Python package, or in
/// pipec's cache.
///
/// # Errors
/// What to type, if it is nowhere.
pub fn find(named: Option<&Path>, cache: Option<&Path>) -> Result<Flink, String> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let given = named.map(|folder| (folder.to_owned(), "`--flink`".to_owned()));
    let by_variable = |name: &str| variable(name).map(|folder| (folder, format!("`{name}`")));
    if let Some((folder, whose)) =
        given.or_else(|| by_variable("PIPEC_FLINK")).or_else(|| by_variable("FLINK_HOME"))
    {
        let found = jars(&folder);
        let (lib, version) = found.ok_or_else(|| {
            format!(
                "{whose} names `{}`, which has no flink-dist-*.jar in it or in its folder `lib`",
                folder.display()
            )
        })?;
        if !is_tested(&version) {
            let remedy =
                if named.is_some() { "leave out `--flink`".to_owned() } else { format!("unset {whose}") };
            return Err(other_version(&format!("{whose} names"), &version, &format!(", and {remedy}")));
        }
        return Ok(Flink { lib, version, java: java()? });
    }
    let installed = installed_package().and_then(|folder| jars(&folder));
    let cached = || cache.map(folder_in_cache).and_then(|folder| jars(&folder));
    let other = installed.as_ref().map(|(_, version)| version.clone()).filter(|version| !is_tested(version));
    let Some((lib, version)) = installed.filter(|(_, version)| is_tested(version)).or_else(cached) else {
        if let Some(version) = other {
            return Err(other_version("the installed package `apache-flink` is", &version, ""));
        }
        return Err("the SQL needs Flink, which is not on this machine: install it with `pipec flink install`, or name its \
                    folder with `--flink DIR`"
            .into());
    };
    Ok(Flink { lib, version, java: java()? })
}

/// Whether a version has the SQL of the version that pipec is tested with: the same major and minor.
fn is_tested(version: &str) -> bool {
    let minor = |version: &str| version.splitn(3, ['.', '-']).take(2).map(str::to_owned).collect::<Vec<_>>();
    minor(version) == minor(FLINK_VERSION)
}

fn other_version(what: &str, version: &str, remedy: &str) -> String {
    format!(
        "{what} Flink {version}, whose SQL differs from that of Flink {FLINK_VERSION}: install this one with `pipec flink install`{remedy}"
    )
}

/// The folder of Flink's jars at or below a folder, with Flink's version.
fn jars(folder: &Path) -> Option<(PathBuf, String)> {
    let below = [PathBuf::new(), "lib".into(), "pyflink/lib".into()];
    below.iter().map(|below| folder.join(below)).find_map(|lib| {
        let names =
            fs::read_dir(&lib).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut versions =
            names.filter_map(|name| Some(name.strip_prefix("flink-dist-")?.strip_suffix(".jar")?.to_owned()));
        let version = versions.next()?;
        Some((lib, version))
    })
}

/// The folder of an installed package.
fn installed_package() -> Option<PathBuf> {
    let program = "import importlib.util as u; s = u.find_spec('pyflink'); print(list(s.submodule_search_locations)[0])";
    let output = Command::new("python3").args(["-c", program]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim();
    (output.status.success() && !text.is_empty()).then(|| PathBuf::from(text))
}

/// The program `java`.
fn java() -> Result<PathBuf, String> {
    let home = env::var_os("JAVA_HOME").map(|home| PathBuf::from(home).join("bin/java"));
    let java = home.filter(|java| java.exists()).unwrap_or_else(|| "java".into());
    let runs = Command::new(&java).arg("-version").output().is_ok_and(|output| output.status.success());
    if runs {
        Ok(java)
    } else {
        Err("Flink needs Java: install a Java runtime of version 17, or set JAVA_HOME".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jars_are_found_below_the_usual_folders() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(jars(folder.path()), None);
        for below in ["", "lib", "pyflink/lib"] {
            let place = folder.path().join("flink").join(below.replace('/', "_")).join(below);
            fs::create_dir_all(&place).expect("a folder");
            fs::write(place.join("flink-dist-2.2.1.jar"), "").expect("a file");
            let above = folder.path().join("flink").join(below.replace('/', "_"));
            assert_eq!(jars(&above), Some((place, "2.2.1".into())), "{below}");
            fs::remove_dir_all(folder.path().join("flink")).expect("gone");
        }
        let problem = find(Some(folder.path()), None).expect_err("nothing there");
        assert!(problem.starts_with("`--flink` names"), "{problem}");
        fs::write(folder.path().join("flink-dist-1.20.0.jar"), "").expect("a file");
        let problem = find(Some(folder.path()), None).expect_err("another version");
        assert_eq!(
            problem,
            "`--flink` names Flink 1.20.0, whose SQL differs from that of Flink 2.2.1: install this one with `pipec flink install`, and leave out `--flink`"
        );
    }

    #[test]
    fn versions_of_the_same_minor_have_the_same_sql() {
        for (version, is) in
            [("2.2.1", true), ("2.2.0", true), ("2.2-SNAPSHOT", true), ("2.20.0", false), ("1.20.0", false)]
        {
            assert_eq!(is_tested(version), is, "{version}");
        }
    }
}
