"""A photo made anew: upright, of a sensible size, and with nothing in it but what is seen."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from backend.media.forms import (
    LONGEST_SIDE,
    MEDIA,
    MOST_PIXELS,
    Clean,
    Damaged,
    NotAPictureOrSound,
    TooLarge,
)

TAKEN = ("JPEG", "PNG", "WEBP")  # of several pictures in one file, the first is the photo
QUALITY = 82
PAPER = (255, 255, 255)  # behind what is transparent: black writing stays readable


def make_ready() -> None:
    """Open one of each form: what opens pictures loads parts of itself at the first one."""
    Image.init()
    for form in TAKEN:
        drawn = io.BytesIO()
        Image.new("RGB", (8, 8)).save(drawn, form, exif=Image.Exif())
        clean_picture(drawn.getvalue())
    warnings.simplefilter("ignore")  # of a broken file: nobody reads them
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def clean_picture(content: bytes) -> Clean:
    """The picture as a JPEG without metadata.

    Raises NotAPictureOrSound, TooLarge or Damaged.
    """
    try:
        with Image.open(io.BytesIO(content), formats=TAKEN) as found:
            return _made_anew(found)
    except UnidentifiedImageError:
        raise NotAPictureOrSound from None
    except Image.DecompressionBombError:
        raise TooLarge from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError) as error:
        # What Pillow raises for a file that is cut short or lies depends on the format.
        raise Damaged from error


def _made_anew(found: Image.Image) -> Clean:
    if found.width * found.height > MOST_PIXELS:
        raise TooLarge
    found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is read at half its size
    found.load()
    upright = ImageOps.exif_transpose(found)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn = _on_paper(upright)
    drawn.info.clear()
    written = io.BytesIO()
    drawn.save(written, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Clean("photo", MEDIA["photo"], written.getvalue())


def _on_paper(picture: Image.Image) -> Image.Image:
    """In colours alone: what is transparent lies on white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    paper = Image.new("RGB", picture.size, PAPER)
    layer = picture.convert("RGBA")
    paper.paste(layer, mask=layer)
    return paper
