variable "stage" {
  default = "prod"
}

variable "least" {
  type    = number
  default = 21
}
