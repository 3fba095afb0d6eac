//! What well-known words of AWS mean, and what to do about each.

/// A message that AWS is known for.
struct Known {
    /// Words that it holds, all of them, in any case.
    words: &'static [&'static str],
    help: &'static str,
}

const KNOWN: &[Known] = &[
    Known {
        words: &["unable to assume role"],
        help: "IAM had not spread the new role yet; run the command again",
    },
    Known {
        words: &["security token", "expired"],
        help: "log in again and run the command again; CloudFormation works with the rights of who called it",
    },
    Known {
        words: &["is not authorized to perform"],
        help: "have the action named above granted; `pipec permissions SPEC` prints the whole policy",
    },
    Known {
        words: &["explicit deny"],
        help: "a policy of the organization or a permissions boundary forbids it; its owner can say what is allowed",
    },
    Known {
        words: &["shard", "limit"],
        help: "ask for a higher shard quota in Service Quotas, or lower `stream.records_per_second`, and set \
               `stream.shard_quota` to what the account has",
    },
    Known {
        words: &["cannot exceed double"],
        help: "run the command again: it makes the change in steps of at most twice the shards",
    },
    Known {
        words: &["already exists"],
        help: "something of this name is left from before; delete it, or give the pipeline another name",
    },
    Known {
        words: &["insufficient capacity"],
        help: "the zone has no such instance at present; run the command again later, or set another \
               `producer.instance_type`",
    },
    Known {
        words: &["vcpu limit"],
        help: "ask for a higher quota of running instances in Service Quotas, or set a smaller \
               `producer.instance_type`",
    },
    Known {
        words: &["maximum number of vpcs"],
        help: "delete a VPC that is not used, ask for a higher quota, or name subnets in `producer.network`",
    },
    Known {
        words: &["maximum number of internet gateways"],
        help: "delete an internet gateway that is not used, or name subnets in `producer.network`",
    },
    Known {
        words: &["unreserved", "concurren"],
        help: "the account's Lambda concurrency is used up; ask for a higher quota in Service Quotas",
    },
    Known {
        words: &["could not unzip"],
        help: "the artifact in the bucket is damaged; delete it there and run the command again, which sends it anew",
    },
    Known {
        words: &["nosuchkey"],
        help: "an artifact is missing in the bucket; run the command again, which sends it",
    },
    Known {
        words: &["nosuchbucket"],
        help: "the artifact bucket is gone; name one with `--artifact-bucket`",
    },
    Known {
        words: &["must be in the same region"],
        help: "name an artifact bucket in the stack's region with `--artifact-bucket`",
    },
    Known {
        words: &["bucket you tried to delete is not empty"],
        help: "`pipec destroy SPEC --empty-bucket` deletes the objects and all their versions as well",
    },
    Known {
        words: &["kms", "denied"],
        help: "the key's policy has to let the account use it; see `kms_key` in the spec",
    },
    Known {
        words: &["failure signal"],
        help: "the instances did not start; `pipec logs SPEC producer` and `aws ec2 get-console-output` show why",
    },
    Known {
        words: &["received 0 success signal"],
        help: "no instance came up in time: see that its subnets reach AWS, and `aws ec2 get-console-output`",
    },
    Known {
        words: &["waitcondition timed out"],
        help: "no instance came up in time: see that its subnets reach AWS, and `aws ec2 get-console-output`",
    },
    Known {
        words: &["waitcondition received failed message"],
        help: "the producer says above why it did not start; mend that and run the command again",
    },
    Known {
        words: &["rate exceeded"],
        help: "other work in the account keeps AWS busy; run the command again",
    },
    Known {
        words: &["service-linked role"],
        help: "have `iam:CreateServiceLinkedRole` granted for this service once; `pipec permissions SPEC` has it",
    },
    Known {
        words: &["internal failure"],
        help: "a passing fault of AWS in most cases; run the command again",
    },
];

/// What to do about a message of AWS.
pub fn help(message: &str) -> Option<&'static str> {
    let message = message.to_lowercase();
    let known = KNOWN.iter().find(|known| known.words.iter().all(|words| message.contains(words)));
    known.map(|known| known.help)
}
