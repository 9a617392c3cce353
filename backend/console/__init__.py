"""The staff console: what waits, today's meetings, conversations and answers."""

from backend.console.routes import install

__all__ = ["install"]
