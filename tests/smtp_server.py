"""A small mail server on this machine that keeps what it is given, or misbehaves as told."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self

from backend.mail import MailServer

HOST = "127.0.0.1"
GREETING = "220 mail.example ready"
ANSWERS = {
    "EHLO": "250 mail.example",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 taken",
    "RSET": "250 ok",
    "QUIT": "221 goodbye",
}
DROP = "drop"
WITH_TLS = {
    "EHLO": "250-mail.example\r\n250-AUTH PLAIN\r\n250 STARTTLS",
    "STARTTLS": "220 go on",
    "AUTH": "235 welcome",
}


@dataclass
class SmtpServer:
    """Answers each command as ``said`` has it, else kindly; DROP hangs up without a word.

    "." stands for the end of a letter, which is kept before it is answered. While ``answering``
    is not set, no such answer is given. ``tls`` is spoken from the first word, or after STARTTLS.
    """

    said: dict[str, str] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    answering: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    tls: ssl.SSLContext | None = None
    at_once: bool = False
    port: int = 0
    _server: asyncio.Server | None = None
    _guests: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self.answering.set()
        await self.open()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    @property
    def address(self) -> MailServer:
        """Where it is."""
        return MailServer(HOST, self.port, "none")

    @property
    def letters(self) -> list[EmailMessage]:
        """What it has been given, in order."""
        return [message_from_bytes(each, policy=policy.default) for each in self.taken]

    async def open(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._server = await asyncio.start_server(
            self._welcome, HOST, self.port, ssl=self.tls if self.at_once else None
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Be dead: nobody is answered any more."""
        assert self._server is not None
        self._server.close()
        for guest in self._guests:
            guest.cancel()
        await asyncio.gather(*self._guests, return_exceptions=True)
        await self._server.wait_closed()

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._guests.add(task)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            self._guests.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer, to = self.said.get("hello", GREETING), ""
        while answer != DROP:
            writer.write(f"{answer}\r\n".encode())
            await writer.drain()
            if answer == WITH_TLS["STARTTLS"]:
                assert self.tls is not None
                await writer.start_tls(self.tls)
            if answer.startswith("354"):
                command = "."
                await self._take(reader, to)
                await self.answering.wait()
            else:
                line = (await reader.readline()).decode().strip()
                if not line:
                    return
                self.commands.append(line)
                command = line.partition(" ")[0].upper()
                if command == "RCPT":
                    to = line.partition("<")[2].partition(">")[0]
            answer = self.said.get(command, ANSWERS.get(command, "502 what?"))

    async def _take(self, reader: asyncio.StreamReader, to: str) -> None:
        lines: list[bytes] = []
        while (line := await reader.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.recipients.append(to)
        self.taken.append(b"".join(lines))
        self.arrived.set()
