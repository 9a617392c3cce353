"""``python -m backend.media.worker``: opens one file from standard input, and can do little else.

It has bounded memory and time, may open no file and no connection, start no process and write
nothing but its answer: a line of JSON and, when all went well, the new content after it.
"""

from __future__ import annotations

import json
import logging
import resource
import sys

import av

from backend.media import pictures, sound
from backend.media.forms import MOST_BYTES, Clean, NotTaken
from backend.media.opening import clean

MEMORY = 1024**3  # bytes of address space
CPU_SECONDS = 30
STREAMS = 3  # standard input, output and errors: nothing else is ever open

DAMAGED = "Damaged"


def run() -> None:
    """Read a file, make it anew, answer."""
    av.logging.set_level(av.logging.PANIC)
    logging.disable()
    pictures.make_ready()
    sound.make_ready()
    give_up_rights()
    content = sys.stdin.buffer.read(MOST_BYTES + 1)
    head, made = _answer(content)
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + made)
    sys.stdout.buffer.flush()


def _answer(content: bytes) -> tuple[dict[str, object], bytes]:
    try:
        made: Clean = clean(content)
    except NotTaken as error:
        return {"not_taken": type(error).__name__}, b""
    except Exception:  # whatever a decoder does with a broken file, it is the file's fault
        return {"not_taken": DAMAGED}, b""
    return {"kind": made.kind, "media": made.media, "seconds": made.seconds}, made.content


def give_up_rights() -> None:
    """From here on no file and no connection can be opened; what is too much ends the process."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_NOFILE, STREAMS),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    run()
