locals {
  limit = "${var.least} "
}

resource "aws_kinesis_analytics_application" "users" {
  name        = "users-${var.stage}"
  description = "Users who are old enough"

  code = <<-EOT
    CREATE OR REPLACE STREAM "GROWN" ("name" VARCHAR(32), "age" INTEGER);
    CREATE OR REPLACE PUMP "GROWN_PUMP" AS
      INSERT INTO "GROWN" SELECT STREAM "name", "age"
      FROM "SOURCE_SQL_STREAM_001" WHERE "age" >= ${trimspace(local.limit)};
  EOT

  inputs {
    name_prefix = "SOURCE_SQL_STREAM"

    kinesis_stream {
      resource_arn = aws_kinesis_stream.users.arn
      role_arn     = aws_iam_role.analytics.arn
    }

    parallelism {
      count = 1
    }

    schema {
      record_columns {
        mapping  = "$.name"
        name     = "name"
        sql_type = "VARCHAR(32)"
      }

      record_columns {
        mapping  = "$.dob.age"
        name     = "age"
        sql_type = "INTEGER"
      }

      record_encoding = "UTF-8"

      record_format {
        mapping_parameters {
          json {
            record_row_path = "$"
          }
        }
      }
    }
  }

  outputs {
    name = "GROWN"

    kinesis_firehose {
      resource_arn = aws_kinesis_firehose_delivery_stream.users.arn
      role_arn     = aws_iam_role.analytics.arn
    }

    schema {
      record_format_type = "JSON"
    }
  }
}
