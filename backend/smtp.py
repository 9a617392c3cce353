"""Handing a letter to a mail server, and trying whether that would go well."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage

from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPRecipientsRefused

from backend.mail import MailServer, domain_of

WITHIN = timedelta(seconds=20)
TRY_WITHIN = timedelta(seconds=5)
GOODBYE_WITHIN = timedelta(seconds=2)
PERMANENT = 500


async def hand_in(server: MailServer, letter: EmailMessage, sender: str, to: str) -> None:
    """Give a letter to the server; when this returns, the server has taken it over.

    Raises SMTPException, OSError or TimeoutError. Their words may hold addresses: never log them.
    """
    client = _client(server, sender, WITHIN)
    try:
        async with asyncio.timeout(WITHIN.total_seconds()):
            await client.connect()
            await client.send_message(letter, sender=sender, recipients=[to])
        with suppress(SMTPException, OSError):  # it is taken, however they part
            await client.quit(timeout=GOODBYE_WITHIN.total_seconds())
    finally:
        client.close()


async def fault_of(server: MailServer, sender: str) -> str | None:
    """The kind of error when we connect, greet and sign in; None when all is well."""
    client = _client(server, sender, TRY_WITHIN)
    try:
        async with asyncio.timeout(TRY_WITHIN.total_seconds()):
            await client.connect()
            await client.ehlo()
    except (SMTPException, OSError) as error:
        return type(error).__name__
    finally:
        client.close()
    return None


def is_final(error: Exception) -> bool:
    """Whether the server will never take this letter.

    An error of ours, such as a wrong password, concerns every letter, and somebody will mend it.
    """
    match error:
        case SMTPRecipientsRefused(recipients=refused):
            return all(_is_permanent(each.code) for each in refused)
        case SMTPDataError(code=code):
            return _is_permanent(code)
        case _:
            return False


def _is_permanent(code: int) -> bool:
    return code >= PERMANENT


def _client(server: MailServer, sender: str, within: timedelta) -> SMTP:
    return SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        local_hostname=domain_of(sender),
        timeout=within.total_seconds(),
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
    )
