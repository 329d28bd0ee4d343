"""PATHs to batches of records."""
