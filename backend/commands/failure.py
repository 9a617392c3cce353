"""How a command says that it could not be done."""

from __future__ import annotations


class CommandFailed(Exception):
    """A sentence for the operator: what went wrong and what to do."""
