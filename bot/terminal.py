"""The terminal channel: talk to Ingång in a shell, with numbers for buttons."""

from __future__ import annotations

import asyncio
import io
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress

from fastapi import APIRouter

from backend.channels import Channel, Door, Limits, Receipt, Undeliverable
from backend.clock import SystemClock
from backend.settings import Settings
from dialogs.messages import Address, Event, Inbound, Rendered, Said, Started
from dialogs.ports import Clock
from dialogs.text import Text
from dialogs.values import isolate

NAME = "terminal"
HERE = Address(NAME, "here")
STANDARD_INPUT = 0  # file descriptor
SEPARATOR = "─" * 12


class TerminalChannel:
    """One person at one terminal.

    ``read`` gives the next line and waits for it, "" at the end; ``write`` shows some text.
    Direction marks and isolates are kept: terminals that know them show names in order.
    """

    name = NAME
    limits = Limits()
    pulls = False
    notice: Text | None = None

    def __init__(
        self, read: Callable[[], str], write: Callable[[str], object], clock: Clock
    ) -> None:
        self._read = read
        self._write = write
        self._clock = clock

    async def listen(self, door: Door) -> None:
        """Open the conversation, then take in line by line until Ctrl-D."""
        await self._hand_in(door, Started())
        async for line in self._lines():
            if line.strip():
                await self._hand_in(door, Said(line.strip()))

    async def deliver(self, address: Address, message: str, rendered: Rendered) -> Receipt:
        """Show one message with its buttons numbered. Raises Undeliverable."""
        try:
            self._write(written(rendered))
        except OSError:
            reason = "the terminal is closed"
            raise Undeliverable(reason) from None
        return Receipt()

    async def fetch(self, file: str) -> bytes:
        """Nobody sends files here. Raises Undeliverable."""
        raise Undeliverable(self.name)

    async def speaks(self, address: Address, language: str) -> None:
        """A terminal shows nothing of its own."""

    async def reachable(self) -> bool:
        """Always: the terminal is here."""
        return True

    def routes(self) -> APIRouter | None:
        """None: a terminal has no routes."""
        return None

    async def close(self) -> None:
        """Nothing to let go of."""

    async def _hand_in(self, door: Door, event: Event) -> None:
        # A typed number or label stays text: the conversation knows which buttons it has shown.
        inbound = Inbound(HERE, secrets.token_hex(8), self._clock.now(), event)
        await door.accept(inbound)
        await door.receive(inbound.address)

    async def _lines(self) -> AsyncIterator[str]:
        """Lines as they are typed. They are read in a daemon: nothing can interrupt a read."""
        loop = asyncio.get_running_loop()
        typed: asyncio.Queue[str] = asyncio.Queue()

        def hand_over(line: str) -> None:
            with suppress(RuntimeError):  # the loop has ended before the person has
                loop.call_soon_threadsafe(typed.put_nowait, line)

        def read_on() -> None:
            with suppress(OSError):  # the terminal was closed: the same as Ctrl-D
                while line := self._read():
                    hand_over(line)
            hand_over("")

        threading.Thread(target=read_on, name="terminal", daemon=True).start()
        while line := await typed.get():
            yield line


def create(settings: Settings) -> Sequence[Channel]:
    """The terminal, when ``ingang chat`` asks for it."""
    if not settings.terminal:
        return []
    # Unbuffered: a daemon that waits inside a buffer would hold its lock when Python ends.
    keyboard = io.FileIO(STANDARD_INPUT, closefd=False)

    def read() -> str:
        return keyboard.readline().decode("utf-8", "replace")

    def write(text: str) -> None:
        print(text, flush=True)

    return [TerminalChannel(read, write, SystemClock())]


def written(rendered: Rendered) -> str:
    """The whole message as text: links spelled out, the Swedish below, buttons numbered."""
    blocks = [_with_links(rendered)]
    if rendered.twin:
        blocks += [SEPARATOR, _with_links(rendered.twin)]
    if rendered.buttons:
        blocks.append("\n".join(_numbered(rendered)))
    return "\n\n".join(blocks) + "\n"


def _numbered(rendered: Rendered) -> Iterator[str]:
    for number, button in enumerate(rendered.buttons, 1):
        yield f"  {number}. {isolate(button.label, rendered.direction)}"


def _with_links(rendered: Rendered) -> str:
    """The text with each link's address behind its words."""
    units = rendered.text.encode("utf-16-le")
    for entity in sorted(rendered.entities, key=lambda entity: entity.offset, reverse=True):
        if entity.kind == "link" and entity.url:
            end = 2 * (entity.offset + entity.length)
            address = f" <{entity.url}>".encode("utf-16-le")
            units = units[:end] + address + units[end:]
    return units.decode("utf-16-le")
