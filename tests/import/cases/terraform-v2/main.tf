resource "aws_kinesisanalyticsv2_application" "clicks" {
  name                   = "clicks"
  runtime_environment    = "SQL-1_0"
  service_execution_role = aws_iam_role.clicks.arn

  application_configuration {
    application_code_configuration {
      code_content {
        text_content = file("${path.module}/sql/clicks.sql")
      }

      code_content_type = "PLAINTEXT"
    }

    sql_application_configuration {
      input {
        name_prefix = "SOURCE_SQL_STREAM"

        input_parallelism {
          count = 1
        }

        input_schema {
          record_column {
            name     = "page"
            sql_type = "VARCHAR(64)"
          }

          record_column {
            name     = "ms"
            sql_type = "INTEGER"
          }

          record_encoding = "UTF-8"

          record_format {
            record_format_type = "CSV"

            mapping_parameters {
              csv_mapping_parameters {
                record_column_delimiter = "\t"
                record_row_delimiter    = "\n"
              }
            }
          }
        }

        kinesis_streams_input {
          resource_arn = "arn:aws:kinesis:us-east-1:111122223333:stream/clicks"
        }
      }

      output {
        name = "SLOW"

        destination_schema {
          record_format_type = "JSON"
        }

        lambda_output {
          resource_arn = aws_lambda_function.slow.arn
        }
      }
    }
  }
}
