"""Which language a page is shown in: asked for, else what the browser prefers, else Swedish."""

from __future__ import annotations

from fastapi import Request

from backend.api.state import runtime_of


def page_language(request: Request) -> str:
    """The language of a page, a problem document or an article."""
    languages = runtime_of(request).texts.languages
    asked = languages.recognise(request.query_params.get("lang"))
    if asked:
        return asked
    for preferred in request.headers.get("accept-language", "").split(","):
        recognised = languages.recognise(preferred.partition(";")[0])
        if recognised:
            return recognised
    return "sv"
