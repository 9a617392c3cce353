"""Processes that are born ready: a server that has imported everything forks them.

A process of its own takes more than a second to import what it needs; hundreds are started only
to be killed, or to begin all at once. What this module names is loaded once, before the first.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any, Self

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.soak.victim", "tests.soak.contest"])


@dataclass
class Child:
    """A running process, and the line to it."""

    process: ForkServerProcess
    line: Connection

    @classmethod
    async def born(cls, life: Callable[..., None], *arguments: object) -> Self:
        """Start ``life(line, *arguments)``, a function of a module that is loaded already."""
        ours, theirs = CONTEXT.Pipe()
        process = CONTEXT.Process(target=life, args=(theirs, *arguments), daemon=True)
        await asyncio.to_thread(process.start)
        theirs.close()
        return cls(process, ours)

    async def hears(self) -> Any:
        """What it says next. Raises EOFError when it has died without a word."""
        return await asyncio.to_thread(self.line.recv)

    async def dies(self) -> None:
        """Kill it, as a machine does that loses its power."""
        if self.process.pid is not None and self.process.is_alive():
            os.kill(self.process.pid, signal.SIGKILL)
        await self.ends()

    async def ends(self) -> int:
        """Wait for its end; its exit code."""
        await asyncio.to_thread(self.process.join)
        code = self.process.exitcode
        self.process.close()
        self.line.close()
        return code or 0
