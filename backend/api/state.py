"""How a request reaches the program it belongs to."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from backend.runtime import Runtime


def runtime_of(connection: HTTPConnection) -> Runtime:
    """The runtime that serves this request or socket."""
    return cast("Runtime", connection.app.state.runtime)


RuntimeOf = Annotated[Runtime, Depends(runtime_of)]
