//! What well-known words of AWS mean, and what to do about each.

/// A message that AWS is known for.
#[cfg_attr(not(test), expect(dead_code, reason = "only tests read where a message is from"))]
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// Whose words they are.
    pub service: &'static str,
    /// What the message holds, all of it, in lower case.
    pub words: &'static [&'static str],
    /// What to type.
    pub help: &'static str,
    /// Where the message is public.
    pub source: &'static str,
    /// The message as it stands there, but for names.
    pub example: &'static str,
}

/// Of entries that fit a message, the one with the most words counts; their order says nothing.
pub const KNOWN: &[Known] = &[
    Known {
        service: "Auto Scaling",
        words: &["received 0 success signal"],
        help: "no instance came up in time: see that its subnets reach AWS, and `aws ec2 get-console-output`",
        source: "https://github.com/aws-samples/amazon-ec2-gitlab-runner/issues/4",
        example: "Received 0 SUCCESS signal(s) out of 1. Unable to satisfy 100% MinSuccessfulInstancesPercent \
                  requirement",
    },
    Known {
        service: "Auto Scaling",
        words: &["failure signal"],
        help: "the instances reported a failed start; `pipec logs SPEC` and `aws ec2 get-console-output` show why",
        source: "https://github.com/aws-quickstart/quickstart-datalake-47lining/issues/25",
        example: "Received 1 FAILURE signal(s) out of 1. Unable to satisfy 100% MinSuccessfulInstancesPercent \
                  requirement.",
    },
    Known {
        service: "Auto Scaling",
        words: &["requested configuration is currently not supported"],
        help: "the region does not offer this `producer.instance_type`: write one that it does, as in `t3.micro`; \
               `aws ec2 describe-instance-type-offerings` lists them",
        source: "https://github.com/aws-samples/cicd-for-ecs-workshop-code/issues/2",
        example: "The requested configuration is currently not supported. Please check the documentation for supported \
                  configurations. Launching EC2 instance failed.",
    },
    Known {
        service: "CloudFormation",
        words: &["limit for stack", "has been exceeded"],
        help: "delete unused stacks, or request a higher quota of stacks in Service Quotas",
        source: "https://github.com/serverless/serverless/issues/149",
        example: "Limit for stacks has been exceeded",
    },
    Known {
        service: "CloudFormation",
        words: &["changeset limit exceeded for stack"],
        help: "delete the stack's change sets: `aws cloudformation list-change-sets --stack-name NAME` names them, \
               `aws cloudformation delete-change-set --change-set-name ARN` deletes one",
        source: "https://github.com/awslabs/seed-farmer/issues/441",
        example: "ChangeSet limit exceeded for stack arn:aws:cloudformation:us-east-1:111122223333:stack/orders/6f1c2d30",
    },
    Known {
        service: "CloudFormation",
        words: &["security token", "expired"],
        help: "log in again and run the command again: CloudFormation uses the caller's credentials",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html",
        example: "The security token included in the request is expired",
    },
    Known {
        service: "CloudFormation",
        words: &["already exists"],
        help: "a resource with this name remains from an earlier deployment, or belongs to another stack: delete it, \
               or rename the pipeline",
        source: "https://github.com/aws-solutions/amazon-marketing-cloud-uploader-from-aws/issues/167",
        example: "Resource of type 'AWS::Logs::LogGroup' with identifier \
                  '{\"/properties/LogGroupName\":\"/aws/lambda/f\"}' already exists.",
    },
    Known {
        service: "CloudFormation",
        words: &["unable to fetch parameters", "parameter store"],
        help: "the region has no such public parameter for the instances' image, or `ssm:GetParameters` is missing",
        source: "https://github.com/aws-samples/amazon-deequ-glue/issues/4",
        example: "Unable to fetch parameters [/aws/service/ami-amazon-linux-latest/al2023] from parameter store for \
                  this account.",
    },
    Known {
        service: "CloudFormation",
        words: &["cannot be deleted while terminationprotection is enabled"],
        help: "where the pipeline is really to go, lift the protection first: `aws cloudformation \
               update-termination-protection --no-enable-termination-protection --stack-name NAME`",
        source: "https://github.com/ekristen/aws-nuke/issues/821",
        example: "Stack [user-data] cannot be deleted while TerminationProtection is enabled",
    },
    Known {
        service: "CloudFormation",
        words: &["_in_progress state and can not be updated"],
        help: "another update is in progress; run the command again, which first waits for that update",
        source: "https://github.com/jenseickmeyer/todo-app-nodejs/issues/5",
        example: "Stack:arn:aws:cloudformation:us-east-1:111122223333:stack/s/1 is in UPDATE_IN_PROGRESS state and can \
                  not be updated.",
    },
    Known {
        service: "CloudFormation",
        words: &["waitcondition timed out"],
        help: "no instance came up in time: see that its subnets reach AWS, and `aws ec2 get-console-output`",
        source: "https://github.com/aws-samples/immersive-media-refarch/issues/7",
        example: "WaitCondition timed out. Received 0 conditions when expecting 1",
    },
    Known {
        service: "CloudFormation",
        words: &["waitcondition received failed message"],
        help: "the producer's own error is above; fix it and run the command again",
        source: "https://github.com/aws-quickstart/quickstart-trendmicro-deepsecurity/issues/29",
        example: "WaitCondition received failed message: 'DSM Node configuration complete' for uniqueId: \
                  i-029b76651bfb6bd0d",
    },
    Known {
        service: "CloudFormation",
        words: &["custom resource failed to stabilize"],
        help: "the starter function did not respond in time; `pipec logs SPEC` shows its progress",
        source: "https://github.com/aws-solutions-library-samples/video-on-demand-on-aws-foundation/issues/4",
        example: "Custom Resource failed to stabilize in expected time.",
    },
    Known {
        service: "CloudFormation",
        words: &["did not receive a response from your custom resource"],
        help: "the starter function did not respond; `pipec logs SPEC` shows its progress",
        source: "https://github.com/aws-samples/aws-security-reference-architecture-examples/issues/162",
        example: "CloudFormation did not receive a response from your Custom Resource. Please check your logs for \
                  requestId [1]. If you are using the Python cfn-response module, you may need to update your Lambda \
                  function code so that CloudFormation can attach the updated version.",
    },
    Known {
        service: "CloudFormation",
        words: &["internal failure"],
        help: "usually a transient AWS fault; run the command again",
        source: "https://github.com/org-formation/org-formation-reference/issues/53",
        example: "Internal Failure",
    },
    Known {
        service: "CloudFormation",
        words: &["rate exceeded"],
        help: "AWS throttled the request; run the command again",
        source: "https://github.com/aws/aws-sdk-java-v2/issues/470",
        example: "Rate exceeded (Service: DynamoDBStreamsClient; Status Code: 400; Request ID: \
                  LDJJKB4G38BFRI1T6PO7R5R8GNVV4KQNSO5AEMVJF66Q9ASUAAJG)",
    },
    Known {
        service: "EC2",
        words: &["do not have sufficient", "capacity"],
        help: "the Availability Zone has no capacity for this instance type at present; run the command again later, \
               or write another `producer.instance_type`",
        source: "https://github.com/hashicorp/terraform-provider-aws/issues/1496",
        example: "We currently do not have sufficient m4.4xlarge capacity in the Availability Zone you requested \
                  (ap-northeast-1d). Our system will be working on provisioning additional capacity.",
    },
    Known {
        service: "EC2",
        words: &["more vcpu capacity than your current vcpu limit"],
        help: "request a higher quota of running instances in Service Quotas, or write a smaller \
               `producer.instance_type`",
        source: "https://github.com/scrapoxy/scrapoxy/issues/202",
        example: "You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance \
                  bucket that the specified instance type belongs to. Please visit \
                  http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
    },
    Known {
        service: "EC2",
        words: &["instance type", "not supported in your requested availability zone"],
        help: "name subnets of other zones in `producer.network`, or write another `producer.instance_type`",
        source: "https://github.com/hashicorp/terraform-provider-aws/issues/26377",
        example: "Your requested instance type (t3.small) is not supported in your requested Availability Zone \
                  (us-east-1e). Please retry your request by not specifying an Availability Zone or choosing \
                  us-east-1a, us-east-1b. Launching EC2 instance failed.",
    },
    Known {
        service: "EC2",
        words: &["maximum number of vpcs"],
        help: "delete a VPC that is not used, request a higher quota, or name subnets in `producer.network`",
        source: "https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/241",
        example: "The maximum number of VPCs has been reached. (Service: Ec2, Status Code: 400, Request ID: 5ce9e2b3)",
    },
    Known {
        service: "EC2",
        words: &["maximum number of internet gateways"],
        help: "delete an internet gateway that is not used, request a higher quota, or name subnets in \
               `producer.network`",
        source: "https://github.com/canonical/bundle-kubeflow/issues/1171",
        example: "The maximum number of internet gateways has been reached.",
    },
    Known {
        service: "Firehose",
        words: &["firehose is unable to assume role"],
        help: "the new IAM role may not have propagated yet; run the command again, and if that fails, check what \
               denies the role",
        source: "https://github.com/hashicorp/terraform/pull/4407",
        example: "Firehose is unable to assume role arn:aws:iam::111122223333:role/r. Please check the role provided.",
    },
    Known {
        service: "Firehose",
        words: &["iam role associated with firehose is not deleted"],
        help: "the new IAM role may not have propagated yet, your credentials are fine; run the command again, and if that \
               fails, check what denies the role",
        source: "https://github.com/hashicorp/terraform-provider-aws/issues/47937",
        example: "The security token included in the request is invalid. Ensure that the provided IAM role associated \
                  with firehose is not deleted.",
    },
    Known {
        service: "IAM",
        words: &["is not authorized to perform"],
        help: "request permission for the action above; `pipec permissions SPEC` prints the complete policy",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
        example: "User: arn:aws:iam::111122223333:user/dana is not authorized to perform: kinesis:CreateStream on \
                  resource: arn:aws:kinesis:us-east-1:111122223333:stream/s because no identity-based policy allows \
                  the kinesis:CreateStream action (Service: Kinesis, Status Code: 400)",
    },
    Known {
        service: "IAM",
        words: &["is not authorized to perform", "explicit deny"],
        help: "a policy denies the action explicitly, such as a service control policy or a permissions boundary: ask \
               the owner of that policy",
        source: "https://github.com/aws-solutions/quota-monitor-for-aws/issues/86",
        example: "API: iam:CreateRole User: arn:aws:sts::111122223333:assumed-role/r/dana is not authorized to \
                  perform: iam:CreateRole on resource: arn:aws:iam::111122223333:role/user-data-ProducerRole-1 with \
                  an explicit deny",
    },
    Known {
        service: "IAM",
        words: &["is not authorized to perform", "explicit deny in a service control policy"],
        help: "a service control policy denies the action, often for a region or a service: ask the administrator of \
               the organization",
        source: "https://github.com/aws/karpenter-provider-aws/issues/8190",
        example: "You are not authorized to perform this operation. User: \
                  arn:aws:sts::111122223333:assumed-role/r/dana is not authorized to perform: ec2:RunInstances on \
                  resource: arn:aws:ec2:eu-west-1:111122223333:instance/* with an explicit deny in a service control \
                  policy",
    },
    Known {
        service: "IAM",
        words: &["is not authorized to perform: iam:createservicelinkedrole"],
        help: "request `iam:CreateServiceLinkedRole`; each service needs it once per account",
        source: "https://github.com/aws-samples/amazon-cloudwatch-auto-alarms/issues/47",
        example: "User: arn:aws:sts::111122223333:assumed-role/r/dana is not authorized to perform: \
                  iam:CreateServiceLinkedRole on resource: \
                  arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling \
                  because no identity-based policy allows the iam:CreateServiceLinkedRole action",
    },
    Known {
        service: "IAM",
        words: &["permissions error performing a tagging operation"],
        help: "have the tagging action of the resource's service granted, such as `iam:TagRole`; `pipec permissions \
               SPEC` prints the whole policy",
        source: "https://github.com/service-cloud-voice/examples-from-doc/issues/97",
        example: "Encountered a permissions error performing a tagging operation, please add required tag \
                  permissions. See https://repost.aws/knowledge-center/cloudformation-tagging-permission-error for \
                  how to resolve. Resource handler returned message: \"Unauthorized tagging operation\"",
    },
    Known {
        service: "IAM",
        words: &["cannot exceed quota for rolesperaccount"],
        help: "delete roles that are unused, or request a higher quota of roles in Service Quotas",
        source: "https://github.com/serverless-nextjs/serverless-next.js/issues/2234",
        example: "Cannot exceed quota for RolesPerAccount: 1000",
    },
    Known {
        service: "IAM",
        words: &["cannot exceed quota for instanceprofilesperaccount"],
        help: "delete instance profiles that are unused, or request a higher quota of them in Service Quotas",
        source: "https://github.com/ansible/workshops/issues/1801",
        example: "Cannot exceed quota for InstanceProfilesPerAccount: 1000",
    },
    Known {
        service: "Kinesis",
        words: &["exceed the shard limit"],
        help: "request a higher shard quota in Service Quotas, or lower `stream.records_per_second`; write the \
               account's quota in `stream.shard_quota`",
        source: "https://github.com/mhart/kinesalite/issues/72",
        example: "This request would exceed the shard limit for the account 000000000000 in us-east-1. Current shard \
                  count for the account: 4. Limit: 3. Number of additional shards that would have resulted from this \
                  request: 1.",
    },
    Known {
        service: "Kinesis",
        words: &["limit on the number of on-demand streams"],
        help: "delete unused on-demand streams, request a higher quota in Service Quotas, or write \
               `stream.capacity`",
        source: "https://github.com/hashicorp/terraform-provider-aws/issues/38094",
        example: "This request would exceed the limit on the number of On-Demand streams for the account \
                  `111122223333` in `us-east-1`. Current On-Demand streams count: 50. Limit: 50.",
    },
    Known {
        service: "Kinesis",
        words: &["consumers associated with this data stream"],
        help: "deregister the stream's consumers (`aws kinesis list-stream-consumers --stream-arn ARN`, `aws kinesis \
               deregister-stream-consumer`), and run the command again",
        source: "https://github.com/aws/aws-cli/issues/3580",
        example: "DeleteStream can't delete 111122223333:orders because there are consumers associated with this data \
                  stream. To delete orders anyway, set the EnforceConsumerDeletion parameter to true to force the deletion \
                  of all the consumers that are associated with it.",
    },
    Known {
        service: "Kinesis",
        words: &["simultaneously be in creating or deleting"],
        help: "other streams of the account are being created: run the command again in a minute",
        source: "https://github.com/hashicorp/terraform-provider-aws/pull/1339",
        example: "This request would have exceed the limit on the number  of streams that can simultaneously be in \
                  CREATING or DELETING for the account 111122223333. Limit: 5.",
    },
    Known {
        service: "Kinesis",
        words: &["rate exceeded for stream"],
        help: "Kinesis permits two changes of a stream's capacity mode per day, and few calls per second and stream: \
               wait, and run the command again",
        source: "https://github.com/aws/aws-cdk/issues/18139",
        example: "Rate exceeded for stream user-data-stream-1x2y3z under account 111122223333.",
    },
    Known {
        service: "KMS",
        words: &["firehose does not have access to the kms key"],
        help: "the key's policy has to let Firehose's role use it (`kms:Decrypt`, `kms:GenerateDataKey`)",
        source: "https://github.com/fdmsantos/terraform-aws-kinesis-firehose/pull/6",
        example: "Firehose does not have access to the KMS Key used to encrypt/decrypt the Kinesis Stream. Please \
                  grant the Firehose delivery role access to the key.",
    },
    Known {
        service: "KMS",
        words: &["is not authorized to perform: kms:"],
        help: "the key's policy has to allow it as well as yours; see `kms_key` in the spec",
        source: "https://github.com/cloudposse/terraform-aws-cloudwatch-flow-logs/issues/5",
        example: "User: arn:aws:sts::111122223333:assumed-role/r/0123 is not authorized to perform: \
                  kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:111122223333:key/0123",
    },
    Known {
        service: "Lambda",
        words: &["cannot be assumed by lambda"],
        help: "the new IAM role may not have propagated yet; run the command again, and if that fails, check what \
               denies the role",
        source: "https://github.com/aws-samples/aws-ct-vpc-flowlogs/issues/1",
        example: "The role defined for the function cannot be assumed by Lambda. (Service: Lambda, Status Code: 400, \
                  Request ID: b3ca3772)",
    },
    Known {
        service: "Lambda",
        words: &["getobject", "nosuchkey"],
        help: "an artifact is missing in the bucket; run the command again, which uploads it",
        source: "https://github.com/aws-samples/aws-account-vending-machine/issues/23",
        example: "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does \
                  not exist. (Service: Lambda, Status Code: 400, Request ID: ad9bb8d6)",
    },
    Known {
        service: "Lambda",
        words: &["getobject", "nosuchbucket"],
        help: "the artifact bucket no longer exists; name one with `--artifact-bucket`",
        source: "https://github.com/aws-solutions/dynamic-image-transformation-for-amazon-cloudfront/issues/115",
        example: "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket \
                  does not exist (Service: AWSLambdaInternal; Status Code: 400; Error Code: \
                  InvalidParameterValueException)",
    },
    Known {
        service: "Lambda",
        words: &["getobject", "permanentredirect"],
        help: "the artifact bucket is in another region; name one in the stack's with `--artifact-bucket`",
        source: "https://github.com/amazon-archives/aws-waf-sample/issues/23",
        example: "Error occurred while GetObject. S3 Error Code: PermanentRedirect. S3 Error Message: The bucket is \
                  in this region: null. Please use this region to retry the request",
    },
    Known {
        service: "Lambda",
        words: &["could not unzip uploaded file"],
        help: "the artifact in the bucket is damaged; delete it and run the command again, which uploads it",
        source: "https://github.com/aws-samples/aws-rds-snapshot-management/issues/4",
        example: "Could not unzip uploaded file. Please check your file, then try to upload again. (Service: \
                  AWSLambdaInternal; Status Code: 400; Error Code: InvalidParameterValueException; Request ID: \
                  cdda5ef8)",
    },
    Known {
        service: "Lambda",
        words: &["cannot access stream", "ensure the role can perform"],
        help: "the function's new permissions may not have propagated yet; run the command again, and if that fails, check \
               what denies the role",
        source: "https://github.com/aws-samples/cross-account-amazon-dynamodb-replication/issues/11",
        example: "Invalid request provided: Cannot access stream arn:aws:kinesis:eu-west-1:111122223333:stream/s. \
                  Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, ListShards, \
                  and ListStreams Actions on your stream in IAM. (Service: Lambda, Status Code: 400)",
    },
    Known {
        service: "Managed Flink",
        words: &["kinesis analytics", "sufficient privileges", "assumed role"],
        help: "the new IAM role may not have propagated yet; run the command again, and if that fails, check what \
               denies the role",
        source: "https://github.com/hashicorp/terraform-provider-aws/issues/7394",
        example: "Kinesis Analytics doesn't have sufficient privileges to the Delivery Stream using assumed role. \
                  Please check the",
    },
    Known {
        service: "Managed Flink",
        words: &["check the role provided or validity of s3 location"],
        help: "the new IAM role may not have propagated yet; run the command again, and if that fails, check what \
               denies the role",
        source: "https://github.com/hashicorp/terraform-provider-aws/issues/16104",
        example: "Please check the role provided or validity of S3 location you provided. We are unable to get the \
                  specified fileKey: flink/orders/0123.zip in the specified bucket: artifacts",
    },
    Known {
        service: "EC2",
        words: &["unable to assume given iam role"],
        help: "the new IAM role may not have propagated yet; run the command again, and if that fails, check what \
               denies the role",
        source: "https://github.com/hashicorp/terraform-provider-aws/pull/26644",
        example: "Unable to assume given IAM role: arn:aws:iam::111122223333:role/r",
    },
    Known {
        service: "S3",
        words: &["attempted to create more buckets than allowed"],
        help: "delete buckets that are unused, or request a higher quota of buckets in Service Quotas",
        source: "https://github.com/aws-solutions-library-samples/qnabot-on-aws/issues/285",
        example: "You have attempted to create more buckets than allowed (Service: Amazon S3; Status Code: 400; Error \
                  Code: TooManyBuckets;",
    },
    Known {
        service: "S3",
        words: &["conflicting conditional operation"],
        help: "S3 was still busy with the bucket; run the command again",
        source: "https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1954",
        example: "A conflicting conditional operation is currently in progress against this resource. Please try \
                  again. (Service: S3, Status Code: 409)",
    },
    Known {
        service: "S3",
        words: &["bucket you tried to delete is not empty"],
        help: "`pipec destroy SPEC --empty-bucket` deletes the objects and all their versions as well",
        source: "https://github.com/aws/aws-cdk/issues/21776",
        example: "The bucket you tried to delete is not empty (Service: Amazon S3; Status Code: 409; Error Code: \
                  BucketNotEmpty; Request ID: 13B5WKE8TCT9VS8K)",
    },
    Known {
        service: "SQS",
        words: &["wait 60 seconds after deleting a queue"],
        help: "wait a minute and run the command again",
        source: "https://github.com/pulumi/pulumi-aws-native/pull/1984",
        example: "You must wait 60 seconds after deleting a queue before you can create another with the same name. \
                  (Service: Sqs, Status Code: 400)",
    },
];

impl Known {
    fn fits(&self, message: &str) -> bool {
        self.words.iter().all(|words| message.contains(words))
    }

    fn weight(&self) -> usize {
        self.words.iter().map(|words| words.len()).sum()
    }
}

/// What is known of a message.
pub fn find(message: &str) -> Option<&'static Known> {
    let message = message.to_lowercase();
    KNOWN.iter().filter(|known| known.fits(&message)).max_by_key(|known| known.weight())
}

/// Whether a message means that a service knew a new role, or its permissions, too late: once IAM has propagated it, the
/// same call succeeds.
pub fn is_propagation(message: &str) -> bool {
    find(message).is_some_and(|known| known.help.contains("may not have propagated yet"))
}

/// What to do about a message of AWS.
pub fn help(message: &str) -> Option<&'static str> {
    find(message).map(|known| known.help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_by_the_message_that_it_is_about() {
        for known in KNOWN {
            let found = find(known.example).map(|found| found.source);
            assert_eq!(found, Some(known.source), "{}: {}", known.service, known.example);
            assert!(known.source.starts_with("https://"), "{}", known.source);
        }
    }

    #[test]
    fn of_entries_that_fit_one_is_the_most_exact() {
        for known in KNOWN {
            assert!(known.words.iter().all(|words| *words == words.to_lowercase()), "{:?}", known.words);
            let message = known.example.to_lowercase();
            let fits = KNOWN.iter().filter(|other| other.fits(&message) && other.weight() >= known.weight());
            assert_eq!(fits.count(), 1, "{}", known.example);
        }
    }

    #[test]
    fn messages_of_propagation_are_known_from_faults_that_stay() {
        for (message, passes) in [
            (
                "Firehose is unable to assume role arn:aws:iam::1:role/r. Please check the role provided.",
                true,
            ),
            ("Please check the role provided or validity of S3 location you provided.", true),
            ("Unable to assume given IAM role", true),
            ("Cannot access stream arn:x. Please ensure the role can perform the GetRecords", true),
            ("User: x is not authorized to perform: kms:Decrypt on resource: y", false),
            ("Limit for stacks has been exceeded", false),
            ("", false),
        ] {
            assert_eq!(is_propagation(message), passes, "{message}");
        }
    }

    #[test]
    fn what_is_not_known_gets_no_help() {
        assert_eq!(help("Value out of range"), None);
        assert_eq!(help(""), None);
    }
}
