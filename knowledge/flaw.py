"""What is wrong in a file somebody wrote, and on which line."""

from __future__ import annotations


class Flaw(ValueError):
    """Something in a text is not as it must be. ``line`` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        """Say which line, and what is wrong with it."""
        super().__init__(f"line {line}: {what}")
        self.line = line
        self.what = what
