"""Whether a form was sent from a page of ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request


def is_own(request: Request, url: str) -> bool:
    """Whether the browser names our own address, or the one it asked, as the form's origin."""
    public = urlsplit(url)
    own = {
        f"{public.scheme}://{public.netloc}",
        f"{public.scheme}://{request.headers.get('host', '')}",
    }
    return request.headers.get("origin") in own
