"""Photos and recordings made anew: what is taken, what is left out, what is refused."""

from __future__ import annotations

import asyncio
import io
import sys
import zipfile
from dataclasses import replace

import av
import pytest
from PIL import Image

from backend.media import cleaner as cleaners
from backend.media.cleaner import Cleaner, TooManyFiles
from backend.media.forms import (
    LONGEST_SECONDS,
    LONGEST_SIDE,
    MEDIA,
    MOST_BYTES,
    Clean,
    Damaged,
    NotAPictureOrSound,
    TooLarge,
    TooLong,
)
from backend.media.opening import clean
from tests.recordings import GPS, film, photo, photo_with_secrets, recording, seconds_of, silence

LONG = 20_000  # pixels: a picture of nothing, small on the wire


def opened(made: Clean) -> Image.Image:
    assert made.media == MEDIA["photo"]
    return Image.open(io.BytesIO(made.content), formats=("JPEG",))


def png(width: int, height: int) -> bytes:
    written = io.BytesIO()
    Image.new("1", (width, height)).save(written, "PNG")
    return written.getvalue()


@pytest.fixture
def _any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_a_jpeg(form: str) -> None:
    made = clean(photo(form=form))
    assert (made.kind, made.seconds) == ("photo", 0)
    assert opened(made).size == (400, 300)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_where_and_with_what_a_photo_was_taken_is_gone(form: str) -> None:
    came = photo_with_secrets(form)
    assert Image.open(io.BytesIO(came)).getexif().get_ifd(GPS)
    made = clean(came)
    assert not opened(made).getexif()
    assert set(opened(made).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"} | {
        "progressive",
        "progression",
    }
    assert b"SECRET" not in made.content
    assert b"Exif" not in made.content


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_lies_on_its_side_is_turned_upright(form: str) -> None:
    seen = opened(clean(photo_with_secrets(form)))
    assert seen.size == (300, 400)
    top, bottom = seen.getpixel((150, 20)), seen.getpixel((150, 380))
    assert top[0] > bottom[0] + 150  # red was left and is up
    assert bottom[2] > top[2] + 150


def test_a_large_photo_becomes_smaller_and_keeps_its_shape() -> None:
    assert opened(clean(photo(4_000, 1_000))).size == (LONGEST_SIDE, LONGEST_SIDE // 4)


def test_black_writing_on_nothing_lies_on_white() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(written, "PNG")
    assert opened(clean(written.getvalue())).getpixel((20, 20)) == (255, 255, 255)


def test_what_is_hidden_behind_a_photo_is_left_out() -> None:
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as file:
        file.writestr("evil.html", "<script>alert(1)</script>")
    made = clean(photo() + hidden.getvalue())
    assert not zipfile.is_zipfile(io.BytesIO(made.content))
    made = clean(photo() + b"<html><script>alert(1)</script></html>")
    assert b"script" not in made.content


@pytest.mark.parametrize(
    ("form", "codec", "rate"),
    [
        ("ogg", "libopus", 48_000),
        ("webm", "libopus", 48_000),
        ("mp4", "aac", 44_100),
        ("ipod", "aac", 44_100),
        ("wav", "pcm_s16le", 16_000),
        ("mp3", "libmp3lame", 44_100),
        ("adts", "aac", 44_100),
        ("3gp", "amr_nb", 8_000),
        ("amr", "amr_nb", 8_000),
        ("flac", "flac", 44_100),
    ],
)
def test_a_recording_of_any_phone_becomes_one_form(form: str, codec: str, rate: int) -> None:
    made = clean(recording(form, codec, 3, rate))
    assert (made.kind, made.media, made.seconds) == ("voice", MEDIA["voice"], 3)
    assert 2.9 < seconds_of(made.content) < 3.2
    with av.open(io.BytesIO(made.content)) as heard:
        assert heard.format.name == "mp3"
        assert not heard.metadata
    for secret in (b"SECRET", b"+59", b"ID3", b"TAG", b"Xing", b"Info", b"Lavf", b"Lavc"):
        assert secret not in made.content


def test_a_sound_is_never_shorter_than_a_second() -> None:
    assert clean(recording(seconds=0.2)).seconds == 1


def test_five_minutes_are_taken_and_a_moment_more_is_not() -> None:
    assert clean(silence(LONGEST_SECONDS)).seconds == LONGEST_SECONDS
    with pytest.raises(TooLong):
        clean(silence(LONGEST_SECONDS + 1))


def test_a_sound_that_plays_for_days_is_stopped_before_it_grows() -> None:
    slow = bytearray(recording("wav", "pcm_s16le", 3, 16_000))
    slow[24:28] = (4_000).to_bytes(4, "little")  # samples a second
    assert clean(bytes(slow)).seconds == 12
    slow[24:28] = (1).to_bytes(4, "little")
    with pytest.raises(Damaged):
        clean(bytes(slow))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body onload=alert(1)>",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
        b"%PDF-1.7\n1 0 obj<<>>endobj",
        b"GIF89a" + b"\0" * 40,
        b"a letter that is called photo.jpg",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"PK\x03\x04" + b"\0" * 60,
        b"\0" * 5_000,
    ],
    ids=["empty", "html", "svg", "pdf", "gif", "text", "playlist", "concat", "zip", "zeros"],
)
def test_what_is_neither_a_picture_nor_sound_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPictureOrSound):
        clean(content)


@pytest.mark.parametrize("form", ["GIF", "TIFF", "BMP", "ICO"])
def test_pictures_of_other_forms_are_refused(form: str) -> None:
    with pytest.raises(NotAPictureOrSound):
        clean(photo(60, 60, form))


@pytest.mark.parametrize("with_sound", [True, False])
def test_a_film_is_refused(with_sound: bool) -> None:
    with pytest.raises(NotAPictureOrSound):
        clean(film(with_sound=with_sound))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_is_cut_short_is_refused(form: str, share: float) -> None:
    whole = photo(form=form)
    with pytest.raises((Damaged, NotAPictureOrSound)):
        clean(whole[: int(len(whole) * share)])


@pytest.mark.parametrize("share", [0.5, 0.99])
@pytest.mark.parametrize(("form", "codec"), [("ogg", "libopus"), ("mp4", "aac")])
def test_a_recording_that_is_cut_short_is_refused(form: str, codec: str, share: float) -> None:
    whole = recording(form, codec)
    with pytest.raises(Damaged):
        clean(whole[: int(len(whole) * share)])


@pytest.mark.usefixtures("_any_size")
def test_a_picture_of_four_hundred_million_pixels_is_refused() -> None:
    bomb = png(LONG, LONG)
    assert len(bomb) < 200_000
    with pytest.raises(TooLarge):
        clean(bomb)


def test_eleven_megabytes_are_refused() -> None:
    with pytest.raises(TooLarge):
        clean(photo() + b"\0" * (MOST_BYTES + 1_000_000))


async def test_a_wav_is_a_recording_whatever_it_is_called() -> None:
    made = await Cleaner().clean(recording("wav", "pcm_s16le", 2, 16_000))
    assert (made.kind, made.seconds) == ("voice", 2)


async def test_aside_it_comes_to_the_same_as_here() -> None:
    for content in (photo_with_secrets(), recording("webm", "libopus")):
        assert await Cleaner().clean(content) == clean(content)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", NotAPictureOrSound),
        (photo()[:2_000], Damaged),
        (b"\xff" * (MOST_BYTES + 1), TooLarge),
        (png(8_000, 6_000), TooLarge),
    ],
    ids=["empty", "cut", "bytes", "pixels"],
)
async def test_aside_the_reason_is_the_same(content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        await Cleaner().clean(content)


async def test_forty_million_pixels_fit_into_the_memory_that_is_given() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (6_400, 6_200), (9, 9, 9, 9)).save(written, "PNG", compress_level=1)
    assert opened(await Cleaner().clean(written.getvalue())).size == (2_000, 1_938)


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd')",
        "__import__('socket').socket()",
        "open('/tmp/ingang', 'w')",
        "bytearray(2_000_000_000)",
    ],
    ids=["file", "connection", "writing", "memory"],
)
async def test_what_opens_files_can_do_nothing_else(code: str) -> None:
    said = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", TRY.format(code=code)),
        stdout=asyncio.subprocess.PIPE,
        cwd=cleaners.HOME,
    )
    out, _nothing = await said.communicate()
    assert out == b"could not\n"


TRY = """
import socket
from backend.media import worker
worker.give_up_rights()
try:
    {code}
except (OSError, MemoryError):
    print("could not")
else:
    print("did")
"""


async def test_what_never_ends_is_stopped() -> None:
    cleaner = Cleaner(patience=0.5, worker="tests.media_workers.asleep")
    with pytest.raises(Damaged):
        await cleaner.clean(photo())


async def test_what_breaks_off_is_damaged() -> None:
    with pytest.raises(Damaged):
        await Cleaner(worker="tests.media_workers.broken").clean(photo())


async def test_no_key_of_ours_is_in_the_worker_s_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INGANG_SECRET_KEY", "secret")
    with pytest.raises(Damaged):
        await Cleaner(worker="tests.media_workers.curious").clean(photo())


async def test_of_many_at_once_some_are_asked_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cleaners, "MOST_WAITING", 2)
    cleaner = Cleaner()
    found = await asyncio.gather(
        *(cleaner.clean(photo()) for _each in range(3)), return_exceptions=True
    )
    assert [type(each) for each in found] == [Clean, Clean, TooManyFiles]
    assert replace(await cleaner.clean(photo()), content=b"") == Clean("photo", "image/jpeg", b"")
