"""Has files opened in a process of their own, one for each processor at a time."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from backend.media import forms
from backend.media.forms import Clean, Damaged, NotTaken, TooLarge

log = structlog.get_logger()

WORKER = "backend.media.worker"
PATIENCE_S = 45.0  # for one file; its process has less time on a processor
MOST_WAITING = 16  # each holds a whole file in memory
HOME = Path(__file__).resolve().parents[2]


class TooManyFiles(Exception):
    """More files wait to be opened than we keep; it can be tried again in a moment."""


@dataclass
class Cleaner:
    """Makes photos and recordings anew; the running program never looks inside one itself."""

    patience: float = PATIENCE_S  # seconds
    worker: str = WORKER
    _places: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(os.cpu_count() or 1)
    )
    _waiting: int = 0

    async def clean(self, content: bytes) -> Clean:
        """What a file truly is, made anew. Raises a NotTaken, or TooManyFiles."""
        if len(content) > forms.MOST_BYTES:
            raise TooLarge
        if self._waiting >= MOST_WAITING:
            raise TooManyFiles
        self._waiting += 1
        try:
            async with self._places:
                return _read(await self._opened(content))
        finally:
            self._waiting -= 1

    async def _opened(self, content: bytes) -> bytes:
        """The worker's answer; nothing when it took too long. It never outlives this call."""
        # Without our environment, in which there are keys.
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self.worker,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=HOME,
            env={},
        )
        try:
            async with asyncio.timeout(self.patience):
                answer, _nothing = await process.communicate(content)
        except TimeoutError:
            answer = b""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            log.warning("file_not_opened", exit=process.returncode)
        return answer


def _read(answer: bytes) -> Clean:
    """The file in a worker's answer. Raises a NotTaken; a worker that broke off: Damaged."""
    line, _newline, made = answer.partition(b"\n")
    try:
        head = json.loads(line)
    except ValueError:
        raise Damaged from None
    match head:
        case {"kind": "photo" | "voice" as kind, "media": str(media), "seconds": int(seconds)}:
            return Clean(kind, media, made, seconds)
        case {"not_taken": str(name)}:
            raise _named(name)
        case _:
            raise Damaged


def _named(name: str) -> NotTaken:
    found = {each.__name__: each for each in NotTaken.__subclasses__()}
    return found.get(name, Damaged)()
