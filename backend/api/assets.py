"""Our own scripts, styles and pictures: read once, compressed once, revalidated by browsers."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response

HEADING = re.compile(rb"/\*.*?\*/", re.DOTALL)
CACHED = "public, max-age=300, must-revalidate"


@dataclass(frozen=True)
class Asset:
    """One file, as it is and compressed."""

    content: bytes
    compressed: bytes
    etag: str
    media_type: str

    @classmethod
    def read(cls, path: Path) -> Asset:
        """From a file of ours; of a script, what a browser needs of it."""
        content = path.read_bytes()
        if path.suffix == ".js":
            content = without_comments(content)
        etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return cls(content, gzip.compress(content, 9, mtime=0), etag, media_type)

    def response(self, request: Request, **headers: str) -> Response:
        """The file, or 304 when the browser has it already."""
        common = {"ETag": self.etag, "Cache-Control": CACHED, "Vary": "Accept-Encoding"}
        common |= {name.replace("_", "-"): value for name, value in headers.items()}
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=common)
        if "gzip" in request.headers.get("accept-encoding", ""):
            common["Content-Encoding"] = "gzip"
            return Response(self.compressed, headers=common, media_type=self.media_type)
        return Response(self.content, headers=common, media_type=self.media_type)


def without_comments(script: bytes) -> bytes:
    """A script without indentation and lines of comment; every line keeps its number.

    For scripts of ours: a line in a quotation over several lines must not begin with "//".
    """
    head = HEADING.match(script)
    empty = b"\n" * head[0].count(b"\n") if head else b""
    lines = script[head.end() if head else 0 :].split(b"\n")
    stripped = (line.lstrip() for line in lines)
    return empty + b"\n".join(b"" if line.startswith(b"//") else line for line in stripped)


def read_folder(folder: Path) -> dict[str, Asset]:
    """Every file of a folder, by name."""
    return {path.name: Asset.read(path) for path in sorted(folder.iterdir()) if path.is_file()}
