//! The programs that run in AWS.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::aws::instance_types::Architecture;
use crate::hex::hex;
use crate::pack;
use crate::world::World;

/// A program that runs in AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Program {
    /// The Firehose record transform, a Lambda function.
    Transform,
    /// The custom resource that starts and stops a Flink application, a Lambda function.
    FlinkStarter,
    /// The EC2 producer.
    Producer,
    /// The random cut forest, a child of a Flink application's Python worker.
    Forest,
}

impl Program {
    /// All of them.
    pub const ALL: [Program; 4] =
        [Program::Transform, Program::FlinkStarter, Program::Producer, Program::Forest];

    /// The name in artifact keys, and of the file that a folder of prebuilt programs holds.
    pub fn name(self) -> &'static str {
        match self {
            Self::Transform => "transform",
            Self::FlinkStarter => "flink-starter",
            Self::Producer => "producer",
            Self::Forest => "forest",
        }
    }
}

/// One program for one processor.
#[derive(Clone, Debug)]
pub struct Build {
    /// Which program.
    pub program: Program,
    /// For which processor.
    pub architecture: Architecture,
    /// Hexadecimal SHA-256 of what it was made from: its sources without comments and
    /// tests, and its locked dependencies, so that the same pipec
    /// gives the same keys whatever compiler built it; of a program that a user gives, and of a prebuilt one for
    /// arm64, of its bytes.
    pub inputs: Cow<'static, str>,
    /// The executable as it is shipped: for Lambda and Flink, a zip that holds it as `bootstrap`; for EC2,
    /// gzip-compressed.
    pub packed: Cow<'static, [u8]>,
}

impl Build {
    /// A prebuilt program; `None` where there is no such file.
    fn read(
        world: &dyn World,
        program: Program,
        architecture: Architecture,
        path: &Path,
    ) -> Result<Option<Self>, String> {
        let fault = |error: &dyn std::fmt::Display| format!("`{}`: {error}", path.display());
        let executable = match world.read(path) {
            Ok(executable) => executable,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(fault(&error)),
        };
        // ELF header: magic, and the machine at offset 18 (62 is x86-64, 183 AArch64).
        let machine = match architecture {
            Architecture::X86_64 => 62,
            Architecture::Arm64 => 183,
        };
        if executable.get(..4) != Some(b"\x7fELF") || executable.get(18..20) != Some(&[machine, 0]) {
            return Err(fault(&format!("not a Linux executable for {}", architecture.name())));
        }
        let packed = match program {
            Program::Producer => pack::gzip(&executable),
            Program::Transform | Program::FlinkStarter | Program::Forest => pack::function(&executable),
        };
        let inputs = hex(Sha256::digest(&executable));
        let packed = packed.map_err(|error| fault(&error))?;
        Ok(Some(Self { program, architecture, inputs: inputs.into(), packed: packed.into() }))
    }
}

/// The programs that a compilation can use.
#[derive(Clone, Debug, Default)]
pub struct Programs {
    builds: Vec<Build>,
}

impl Programs {
    /// A set of programs; a later build of the same program and processor takes the place of an earlier one.
    pub fn new(builds: impl IntoIterator<Item = Build>) -> Self {
        let mut programs = Self::default();
        for build in builds {
            programs
                .builds
                .retain(|other| (other.program, other.architecture) != (build.program, build.architecture));
            programs.builds.push(build);
        }
        programs
    }

    /// These programs and those of a folder, `<architecture>/<program>`, which come first.
    ///
    /// # Errors
    /// Where the folder holds no program, or one that cannot be read or is not an executable for Linux on its
    /// processor: a path and what is wrong.
    pub fn with_folder(self, world: &dyn World, folder: &Path) -> Result<Self, String> {
        let mut builds = Vec::new();
        for architecture in [Architecture::X86_64, Architecture::Arm64] {
            for program in Program::ALL {
                let path = folder.join(architecture.name()).join(program.name());
                builds.extend(Build::read(world, program, architecture, &path)?);
            }
        }
        if builds.is_empty() {
            return Err(format!(
                "`{}` contains no `<architecture>/<program>`, as in `arm64/transform`",
                folder.display()
            ));
        }
        Ok(Self::new(self.builds.into_iter().chain(builds)))
    }

    /// The build of a program for a processor.
    pub fn get(&self, program: Program, architecture: Architecture) -> Option<&Build> {
        self.builds.iter().find(|build| build.program == program && build.architecture == architecture)
    }
}
