"""A Bot API server for tests, and a channel on the bench."""
