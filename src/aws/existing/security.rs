//! Keys, roles, policies and secrets.

use super::{ExistingKind, Fact, Is, Request};

/// A KMS key. What encrypts streams, objects and logs is a symmetric key.
pub static KEY: ExistingKind = ExistingKind::new(
    "KMS key",
    "FindExistingKeys",
    "kms:DescribeKey",
    Request::Json("1.1", "TrentService", &[("KeyId", "{id}")]),
)
.facts(&[
    Fact {
        at: "/KeyMetadata/KeyState",
        // A key of several regions stays usable while another region becomes its primary one.
        is: Is::OneOf(&["Enabled", "Updating"]),
        fault: "the KMS key `{id}` has the state {found}",
        help: &[
            ("Disabled", "enable it: `aws kms enable-key --key-id {id}`; or name another key"),
            (
                "PendingDeletion",
                "cancel its deletion: `aws kms cancel-key-deletion --key-id {id}`, then `aws kms enable-key --key-id \
                 {id}`; or name another key",
            ),
            ("", "name a key whose state is Enabled: `aws kms list-keys` lists them"),
        ],
    },
    Fact {
        at: "/KeyMetadata/KeyUsage",
        is: Is::OneOf(&["ENCRYPT_DECRYPT"]),
        fault: "the KMS key `{id}` is for {found}, not for encryption",
        help: &[("", "name a symmetric encryption key; `aws kms create-key` creates one")],
    },
    Fact {
        at: "/KeyMetadata/KeySpec",
        is: Is::OneOf(&["SYMMETRIC_DEFAULT"]),
        fault: "the KMS key `{id}` is asymmetric ({found}); AWS services encrypt with symmetric keys",
        help: &[("", "name a symmetric encryption key; `aws kms create-key` creates one")],
    },
])
.missing("name one that exists: `aws kms list-keys` lists the account's keys");

/// The policy of the key of log groups. CloudWatch Logs uses a key only if the key's policy allows its service principal
/// (CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS", 2026-11). Whether there is such a key is
/// found out by [`KEY`]; KMS gives no policy of a key of another account.
pub static LOG_KEY: ExistingKind = ExistingKind::new(
    "policy of the KMS key",
    "FindLogKeyPolicy",
    "kms:GetKeyPolicy",
    Request::Json("1.1", "TrentService", &[("KeyId", "{id}"), ("PolicyName", "default")]),
)
.facts(&[Fact {
    at: "/Policy",
    is: Is::PolicyFor("logs."),
    fault: "the policy of the KMS key `{id}` does not allow CloudWatch Logs to use the key",
    help: &[("", "add the statement that `pipec plan SPEC` prints to the key's policy")],
}])
.missing("");

/// A role, by its name.
pub static ROLE: ExistingKind = ExistingKind::new(
    "role",
    "FindExistingRoles",
    "iam:GetRole",
    Request::Query("2010-05-08", &[("RoleName", "{id}")]),
)
.arns(&["iam::{account}:role/{id}", "iam::{account}:role/*/{id}"])
.missing("name one that exists, without its path: `aws iam list-roles` lists them");

/// A policy that is the permissions boundary of roles.
pub static BOUNDARY: ExistingKind = ExistingKind::new(
    "permissions boundary",
    "FindExistingBoundary",
    "iam:GetPolicy",
    Request::Query("2010-05-08", &[("PolicyArn", "{id}")]),
)
.of_own_account()
.missing(
    "name a managed policy that exists: `aws iam list-policies --scope Local` lists the account's policies",
);

/// A secret that Firehose logs in to a destination with. Secrets Manager API reference, DescribeSecret, 2026-11: `DeletedDate`
/// is there if the secret is scheduled for deletion; without `KmsKeyId`, the key is that of Secrets Manager.
pub static SECRET: ExistingKind = ExistingKind::new(
    "secret",
    "FindExistingSecrets",
    "secretsmanager:DescribeSecret",
    Request::Json("1.1", "secretsmanager", &[("SecretId", "{id}")]),
)
.facts(&[
    Fact {
        at: "/DeletedDate",
        is: Is::OneOf(&[]),
        fault: "the secret `{id}` is scheduled for deletion",
        help: &[("", "keep it: `aws secretsmanager restore-secret --secret-id {id}`; or name another secret")],
    },
    Fact {
        at: "/KmsKeyId",
        is: Is::Key("key"),
        fault: "the secret is encrypted with `{found}`, which Firehose has no permission for",
        help: &[(
            "",
            "write `secret_kms_key` with the key's ARN: `aws kms describe-key --key-id {found} --query KeyMetadata.Arn` prints it",
        )],
    },
])
.missing("name one that exists, with its whole ARN: `aws secretsmanager list-secrets` lists them");
