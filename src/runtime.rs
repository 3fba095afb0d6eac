//! The programs that run in AWS, as this pipec carries them.

use crate::aws::instance_types::Architecture;
use std::borrow::Cow;

/// A program that runs in AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Program {
    /// The Firehose record transform, a Lambda function.
    Transform,
    /// The custom resource that starts and stops a Flink application, a Lambda function.
    FlinkStarter,
    /// The EC2 producer.
    Producer,
}

impl Program {
    /// All of them.
    pub const ALL: [Program; 3] = [Program::Transform, Program::FlinkStarter, Program::Producer];

    /// The name in artifact keys, and of the file that a folder of prebuilt programs holds.
    pub fn name(self) -> &'static str {
        match self {
            Self::Transform => "transform",
            Self::FlinkStarter => "flink-starter",
            Self::Producer => "producer",
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
    /// Hexadecimal SHA-256 of what it was made from: its sources and locked dependencies, so that the same pipec
    /// gives the same keys whatever compiler built it; of a prebuilt program, of its bytes.
    pub inputs: String,
    /// The executable, gzip-compressed, as it is stored and shipped.
    pub gzip: Cow<'static, [u8]>,
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
            programs.builds.retain(|other| {
                (other.program, other.architecture.name()) != (build.program, build.architecture.name())
            });
            programs.builds.push(build);
        }
        programs
    }

    /// The build of a program for a processor.
    pub fn get(&self, program: Program, architecture: Architecture) -> Option<&Build> {
        self.builds.iter().find(|build| build.program == program && build.architecture == architecture)
    }
}
