"""Where letters are handed in, and what a mail address looks like: read from settings, pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

Security = Literal["tls", "starttls", "none"]

PORTS = {"smtp": 587, "smtps": 465}
LONGEST_ADDRESS = 254
_DOMAIN = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_ADDRESS = re.compile(
    rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_DOMAIN}(?:\.{_DOMAIN})+", re.IGNORECASE
)


class BrokenMailServer(ValueError):
    """The address of the mail server cannot be used. The message never repeats it."""


@dataclass(frozen=True)
class MailServer:
    """A server that takes letters from us. It is spoken to in the clear on this machine only."""

    host: str
    port: int
    security: Security
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


def is_mail_address(text: str) -> bool:
    """Whether a letter could be sent there: one address, in ASCII, with nothing around it."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def domain_of(address: str) -> str:
    """What comes after the sign."""
    return address.rpartition("@")[2]


def mail_server(url: str) -> MailServer:
    """The server of an ``smtp://`` or ``smtps://`` address. Raises BrokenMailServer."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        message = "is no address: the name or the port is wrong"
        raise BrokenMailServer(message) from None  # its own words repeat the password
    fault = _fault(parts)
    if fault:
        raise BrokenMailServer(fault)
    return MailServer(
        parts.hostname or "",
        port or PORTS[parts.scheme],
        _security(parts),
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
    )


def _fault(parts: SplitResult) -> str | None:
    """What an operator should change, or None."""
    if parts.scheme not in PORTS:
        return "must begin with smtp:// or smtps://"
    if not parts.hostname or parts.port == 0:
        return "must name a server, such as smtp://user:password@host:587"
    if parts.path.strip("/") or parts.query or parts.fragment:
        return "ends after the port; in a password, write / ? # as %2F %3F %23"
    if bool(parts.username) != bool(parts.password):
        return "must have both a user name and a password, or neither"
    return None


def _security(parts: SplitResult) -> Security:
    if parts.scheme == "smtps":
        return "tls"
    return "none" if _is_this_machine(parts.hostname or "") else "starttls"


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
