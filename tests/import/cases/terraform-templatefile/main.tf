# What Terraform makes of templates and of dynamic blocks, this file does not decide.
resource "aws_kinesisanalyticsv2_application" "clicks" {
  name                = "clicks"
  runtime_environment = "SQL-1_0"

  application_configuration {
    application_code_configuration {
      code_content {
        text_content = templatefile("${path.module}/clicks.sql.tpl", { least = 10 })
      }
    }

    sql_application_configuration {
      input {
        name_prefix = "SOURCE_SQL_STREAM"
        input_schema {
          dynamic "record_column" {
            for_each = var.columns
            content {
              name     = record_column.key
              sql_type = record_column.value
            }
          }
          record_format { record_format_type = "CSV" }
        }
        kinesis_streams_input {
          resource_arn = var.stream
        }
      }
    }
  }
}
