"""The demonstration: invented people with a history, a clock that can be moved, and one page."""

from backend.demo.accounts import PASSWORD, USERNAME
from backend.demo.clock import UnknownSpan, forward, parse_span
from backend.demo.history import fill, is_filled
from backend.demo.routes import create_router

__all__ = [
    "PASSWORD",
    "USERNAME",
    "UnknownSpan",
    "create_router",
    "fill",
    "forward",
    "is_filled",
    "parse_span",
]
