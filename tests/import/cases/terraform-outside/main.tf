# A file outside of the folder is not read.
resource "aws_kinesisanalyticsv2_application" "clicks" {
  name                = "clicks"
  runtime_environment = "SQL-1_0"

  application_configuration {
    application_code_configuration {
      code_content {
        text_content = file("${path.module}/../../../../../etc/hostname")
      }
    }

    sql_application_configuration {
      input {
        name_prefix = "SOURCE_SQL_STREAM"
        input_schema {
          record_column {
            name     = "page"
            mapping  = "$.page"
            sql_type = "VARCHAR(64)"
          }
          record_format { record_format_type = "JSON" }
        }
      }
    }
  }
}
