"""Photos and recordings for tests, made on the spot by the libraries that phones' makers use."""

from __future__ import annotations

import io
import math
import wave
from array import array
from functools import cache

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from PIL import Image

STOCKHOLM = {0: b"\x02\x03\x00\x00", 1: "N", 2: (59.0, 19.0, 0.0), 3: "E", 4: (18.0, 4.0, 0.0)}
GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F
TURNED = 6  # as phones that are held upright say it
FRAMES_A_SECOND = 50


@cache
def photo(width: int = 400, height: int = 300, form: str = "JPEG") -> bytes:
    """A picture, red on the left and blue on the right."""
    written = io.BytesIO()
    _drawn(width, height).save(written, form)
    return written.getvalue()


@cache
def photo_with_secrets(form: str = "JPEG") -> bytes:
    """A picture that lies on its side and says where, with what and by whom it was taken."""
    told = Image.Exif()
    told[ORIENTATION], told[MAKER] = TURNED, "SECRETPHONE"
    told.get_ifd(GPS).update(STOCKHOLM)
    written = io.BytesIO()
    _drawn(400, 300).save(written, form, exif=told, comment=b"SECRETWORDS")
    return written.getvalue()


def _drawn(width: int, height: int) -> Image.Image:
    picture = Image.new("RGB", (width, height), "red")
    picture.paste("blue", (width // 2, 0, width, height))
    return picture


@cache
def recording(
    form: str = "ogg", codec: str = "libopus", seconds: float = 3, rate: int = 48_000
) -> bytes:
    """A tone of this length, with a title and a place."""
    written = io.BytesIO()
    with av.open(written, "w", format=form) as file:
        file.metadata.update(title="SECRETTITLE", location="+59.3+18.1/")
        stream = file.add_stream(codec, rate=rate, layout="mono")
        resampler = AudioResampler(
            stream.format.name, "mono", rate, stream.codec_context.frame_size or None
        )
        for number in range(int(seconds * FRAMES_A_SECOND)):
            for frame in resampler.resample(_tone(number, rate)):
                file.mux(stream.encode(frame))
        for frame in resampler.resample(None):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return written.getvalue()


def silence(seconds: int) -> bytes:
    """Nothing to be heard, for as long as one likes."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(2 * 8_000 * seconds))
    return written.getvalue()


def _tone(number: int, rate: int) -> AudioFrame:
    count = rate // FRAMES_A_SECOND
    heights = (math.sin(place * math.tau * 440 / rate) for place in range(count))
    frame = AudioFrame("s16", "mono", count)
    frame.planes[0].update(array("h", [int(8_000 * height) for height in heights]).tobytes())
    frame.sample_rate, frame.pts = rate, number * count
    return frame


@cache
def film(*, with_sound: bool = True) -> bytes:
    """Half a second of a moving picture."""
    written = io.BytesIO()
    with av.open(written, "w", format="mp4") as file:
        seen = file.add_stream("mpeg4", rate=25)
        seen.width, seen.height, seen.pix_fmt = 64, 48, "yuv420p"
        heard = file.add_stream("aac", rate=48_000, layout="mono") if with_sound else None
        for _number in range(12):
            picture = av.VideoFrame.from_image(_drawn(64, 48))
            file.mux(seen.encode(picture))
        file.mux(seen.encode(None))
        if heard is not None:
            resampler = AudioResampler("fltp", "mono", 48_000, heard.codec_context.frame_size)
            for number in range(25):
                for frame in resampler.resample(_tone(number, 48_000)):
                    file.mux(heard.encode(frame))
            file.mux(heard.encode(None))
    return written.getvalue()


def seconds_of(content: bytes) -> float:
    """How long a recording plays."""
    with av.open(io.BytesIO(content)) as file:
        frames = file.decode(audio=0)
        return sum(frame.samples / frame.sample_rate for frame in frames)
