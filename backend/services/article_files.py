"""What was edited here, written out as the files of articles, ready to be put into git."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import av
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from sqlalchemy.ext.asyncio import AsyncSession

from backend.services import editing
from backend.services.editing import Edit
from knowledge.reading import FACTS, SPOKEN, WORDS

OGG = b"OggS"
RATE, BITS_PER_SECOND = 48_000, 32_000


async def write(session: AsyncSession, folder: Path) -> Sequence[Path]:
    """Write every text and recording below a folder; the files, in order."""
    written = []
    for edit in sorted((await editing.edits(session)).values(), key=_name):
        place = folder / edit.slug
        place.mkdir(parents=True, exist_ok=True)
        if edit.text is not None:
            path = place / (edit.language + WORDS if edit.language else FACTS)
            path.write_text(edit.text, encoding="utf-8")
            written.append(path)
        if edit.is_recorded:
            content = await editing.recording(session, edit.slug, edit.language)
            path = place / (edit.language + SPOKEN)
            path.write_bytes(as_ogg(content or b""))
            written.append(path)
    return written


def as_ogg(content: bytes) -> bytes:
    """A recording of ours as Ogg/Opus: in files, answers are read aloud in that form."""
    if content.startswith(OGG):
        return content
    made = io.BytesIO()
    with av.open(io.BytesIO(content), "r", "mp3") as heard, av.open(made, "w", "ogg") as file:
        stream = file.add_stream("libopus", rate=RATE)
        if not isinstance(stream, AudioStream):
            raise TypeError
        stream.layout = "mono"
        stream.bit_rate = BITS_PER_SECOND
        resampler = AudioResampler("s16", "mono", RATE)
        for frame in (*heard.decode(audio=0), None):
            for part in resampler.resample(frame):
                file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return made.getvalue()


def _name(edit: Edit) -> tuple[str, str]:
    return edit.slug, edit.language
