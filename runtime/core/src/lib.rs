//! What happens to one record: the logic that the Lambda, `simulate` and `test` share.
