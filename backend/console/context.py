"""What every page of the console works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from backend.console.pages import Pages
from backend.console.passwords import Passwords
from backend.console.sessions import Cookie
from backend.console.throttle import Throttle
from backend.runtime import Runtime
from backend.work import Work


@dataclass(frozen=True)
class Console:
    """The console of one running program."""

    runtime: Runtime
    pages: Pages
    passwords: Passwords
    throttle: Throttle
    cookie: Cookie

    def work(self, actor: str) -> Work:
        """A unit of work in somebody's name."""
        return Work(self.runtime.database, self.runtime.clock, actor)


def console_of(request: Request) -> Console:
    """The console of the application that serves this request."""
    return cast("Console", request.app.state.console)


ConsoleOf = Annotated[Console, Depends(console_of)]
