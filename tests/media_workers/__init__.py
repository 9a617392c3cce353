"""Workers that misbehave, for tests of who has files opened."""
