"""A recording made anew: one voice, one form, and nothing in it but what is heard.

The form of the file is read from its first bytes and its reader is chosen here: left to choose,
ffmpeg would also open playlists, which name other files and addresses.
"""

from __future__ import annotations

import io
import math
import re

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition

from backend.media.forms import (
    LONGEST_SECONDS,
    MEDIA,
    Clean,
    Damaged,
    NotAPictureOrSound,
    TooLong,
)

# How each form begins, and the reader that opens it.
BEGINNINGS = (
    (re.compile(rb"OggS"), "ogg"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "matroska"),
    (re.compile(rb"....ftyp", re.DOTALL), "mov"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "wav"),
    (re.compile(rb"#!AMR"), "amr"),
    (re.compile(rb"fLaC"), "flac"),
    (re.compile(rb"\xff[\xf0\xf1\xf8\xf9]"), "aac"),
    (re.compile(rb"ID3|\xff[\xe0-\xff]"), "mp3"),
)
TELLS_ITS_LENGTH = ("mov", "matroska")
CUT_SHORT = 0.9  # of what the file says that it plays; below that, its end is missing
RATES = range(4_000, 384_001)
MOST_CHANNELS = 8
RATE, BITS_PER_SECOND = 24_000, 48_000
PAGE = b"OggS"
PAGE_HEAD = 27  # bytes


def make_ready() -> None:
    """Open a moment of silence: what opens sound loads parts of itself at the first one."""
    silence = AudioFrame("s16", "mono", RATE)
    silence.sample_rate = RATE
    silence.planes[0].update(bytes(silence.planes[0].buffer_size))
    moment = Recording()
    moment.take(silence)
    clean_sound(moment.end())


def clean_sound(content: bytes) -> Clean:
    """The recording as an MP3 without tags.

    Raises NotAPictureOrSound, TooLong or Damaged.
    """
    form = next((form for begins, form in BEGINNINGS if begins.match(content)), None)
    if form is None:
        raise NotAPictureOrSound
    if form == "ogg" and _page_is_cut(content):
        raise Damaged
    try:
        with av.open(io.BytesIO(content), "r", form, metadata_errors="ignore") as found:
            return _made_anew(found, form)
    except (FFmpegError, ValueError, OverflowError) as error:
        raise Damaged from error


def _made_anew(found: InputContainer, form: str) -> Clean:
    heard = _only_sound(found)
    recording = Recording()
    for frame in found.decode(heard):
        recording.take(frame)
    if not recording.seconds:
        raise NotAPictureOrSound
    told = (found.duration or 0) / av.time_base if form in TELLS_ITS_LENGTH else 0
    if recording.seconds < told * CUT_SHORT - 1:
        raise Damaged
    seconds = max(1, math.floor(recording.seconds + 0.5))
    return Clean("voice", MEDIA["voice"], recording.end(), seconds)


def _only_sound(found: InputContainer) -> AudioStream:
    """The one stream of sound. Raises NotAPictureOrSound when there is anything else to see."""
    moving = [
        stream
        for stream in found.streams.video
        if not stream.disposition & Disposition.attached_pic
    ]
    if moving or len(found.streams.audio) != 1:
        raise NotAPictureOrSound
    heard = found.streams.audio[0]
    heard.codec_context.thread_count = 1
    return heard


class Recording:
    """An MP3 that grows frame by frame; ``seconds`` is how much has been decoded for it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._written = io.BytesIO()
        # No tags before and after, and no first frame that names the program that wrote it.
        plain = {"id3v2_version": "0", "write_id3v1": "0", "write_xing": "0"}
        self._file = av.open(self._written, "w", format="mp3", options=plain)
        self._stream = self._file.add_stream(
            "libmp3lame", rate=RATE, layout="mono", format="s16p", bit_rate=BITS_PER_SECOND
        )
        self._resampler = AudioResampler("s16p", "mono", RATE)

    def take(self, frame: AudioFrame) -> None:
        """Add a frame. Raises TooLong, or Damaged when it cannot be sound."""
        if frame.sample_rate not in RATES or len(frame.layout.channels) > MOST_CHANNELS:
            raise Damaged
        # Counted before it is resampled: what lasts for hours never grows that large.
        self.seconds += frame.samples / frame.sample_rate
        if self.seconds > LONGEST_SECONDS:
            raise TooLong
        frame.pts = None
        self._write(self._resampler.resample(frame))

    def end(self) -> bytes:
        """The whole file."""
        self._write(self._resampler.resample(None))
        for packet in self._stream.encode(None):
            self._file.mux(packet)
        self._file.close()
        return self._written.getvalue()

    def _write(self, frames: list[AudioFrame]) -> None:
        for frame in frames:
            for packet in self._stream.encode(frame):
                self._file.mux(packet)


def _page_is_cut(content: bytes) -> bool:
    """Whether the last page of an Ogg file is not all there."""
    last = content.rfind(PAGE)
    head = content[last : last + PAGE_HEAD]
    if len(head) < PAGE_HEAD:
        return True
    lengths = content[last + PAGE_HEAD : last + PAGE_HEAD + head[-1]]
    return len(lengths) < head[-1] or last + PAGE_HEAD + len(lengths) + sum(lengths) > len(content)
