"""Photos and recordings over HTTP: taken in up to a limit, sent out in parts when asked to."""

from __future__ import annotations

import re
from http import HTTPStatus

from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from backend.api.problems import Problem, detail_of
from backend.media.cleaner import TooManyFiles
from backend.media.forms import (
    LONGEST_MINUTES,
    MOST_BYTES,
    Damaged,
    NotTaken,
    TooLarge,
    TooLong,
)
from backend.services.files import File
from dialogs.text import _, n_

MOST_SENT = MOST_BYTES + 64 * 1024  # a file, and what a form needs around it
RANGE = re.compile(r"bytes=(\d{1,12})?-(\d{1,12})?")
MEGABYTES = MOST_BYTES // 1_000_000


async def received(request: Request) -> bytes:
    """A request's whole body. Raises TooLarge before more than that is in memory."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MOST_BYTES:
        raise TooLarge
    content = bytearray()
    try:
        async for chunk in request.stream():
            content += chunk
            if len(content) > MOST_BYTES:
                raise TooLarge
    except ClientDisconnect:
        raise Problem(HTTPStatus.BAD_REQUEST, detail_of(400)) from None
    return bytes(content)


def refusal(error: NotTaken | TooManyFiles) -> Problem:
    """Why a file is not taken, in words."""
    match error:
        case TooManyFiles():
            wait = {"Retry-After": "5"}
            return Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail_of(503), wait)
        case TooLarge():
            words = _(
                "The file is too large. {most:number} megabytes are the most.", most=MEGABYTES
            )
            return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words)
        case TooLong():
            words = _(
                "The recording is too long. {most:number} minutes are the most.",
                most=LONGEST_MINUTES,
            )
            return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words)
        case Damaged():
            words = _("The file cannot be opened. Part of it may be missing. Try again.")
            return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, words)
        case _:
            words = _("This is not a photo and not a recording. It was not sent.")
            return Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, words)


def gone(kept_days: int) -> Problem:
    """What is said of a file whose time was up."""
    words = n_(
        "This has been deleted. Photos and voice messages are kept for one day.",
        "This has been deleted. Photos and voice messages are kept for {n:number} days.",
        n=kept_days,
    )
    return Problem(HTTPStatus.GONE, words)


def file_response(request: Request, file: File) -> Response:
    """The file, or the part that was asked for: some players ask for nothing else."""
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
    }
    size = len(file.content)
    asked = RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None or asked.groups() == (None, None):
        return Response(file.content, headers=headers, media_type=file.media)
    first, last = _part(asked, size)
    if first >= size or first > last:
        headers["Content-Range"] = f"bytes */{size}"
        return Response(None, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers)
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    part = file.content[first : last + 1]
    return Response(part, HTTPStatus.PARTIAL_CONTENT, headers, file.media)


def _part(asked: re.Match[str], size: int) -> tuple[int, int]:
    """The first byte and the last; without a first one, it is the end of the file."""
    first, last = asked.groups()
    if first is None:
        return max(0, size - int(last)), size - 1
    return int(first), min(size - 1, int(last)) if last else size - 1
