resource "aws_kinesis_analytics_application" "a" {
  name = 
}
