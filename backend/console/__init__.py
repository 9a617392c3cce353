"""The staff console: what waits, today's meetings, conversations and answers."""

from backend.console.routes import create_router

__all__ = ["create_router"]
