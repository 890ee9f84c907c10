"""A question as the encoder reads it."""
