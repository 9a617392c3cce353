"""The console's pages: templates in the language of the one who is signed in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from http import HTTPStatus
from pathlib import Path

from babel import Locale
from fastapi import Response
from markupsafe import Markup

from backend.api.templates import Templates
from backend.clock import ZONE
from backend.console.markup import to_html
from backend.console.sessions import SignedIn
from backend.runtime import Runtime
from backend.services.walltime import local_day
from dialogs import values
from dialogs.i18n import Language
from dialogs.interpreting import varieties
from dialogs.messages import Label
from dialogs.text import Text, Value, _

HERE = Path(__file__).parent
LANGUAGES = ("sv", "en")
DEFAULT_LANGUAGE = "sv"


@dataclass(frozen=True)
class Fragment:
    """Part of a page that is loaded again by itself; ``mark`` changes when it does."""

    html: Markup
    mark: str


class Pages(Templates):
    """The console's own templates.

    Besides ``language``, each gets ``_`` and ``n_`` (a msgid and its typed values to words),
    ``text`` (a Text to words), ``moment``, ``since``, ``day``, ``short_day`` and ``hour`` for
    times, ``spoken`` (a language's name), ``tongue`` (its row), ``label`` (a button's words) and
    ``html`` (a rendered message as markup).
    """

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime, HERE / "templates")
        self.undelivered = 0  # shown in the menu, beside the page that lists it
        self.counted_at = datetime.min.replace(tzinfo=UTC)

    def show(
        self,
        who: SignedIn | None,
        name: str,
        status: int = HTTPStatus.OK,
        *,
        language: str = DEFAULT_LANGUAGE,
        **given: object,
    ) -> Response:
        """A page for someone; ``language`` counts while nobody is signed in."""
        code = self.language_of(who, language)
        menu = {"who": who, "undelivered": self.undelivered}
        return self.page(name, code, status, **menu, **self._written(code), **given)

    def fragment(self, who: SignedIn, name: str, **given: object) -> Fragment:
        """A part of a page, and its mark."""
        code = self.language_of(who)
        template = self.environment.get_template(name)
        words = {"language": self._row(code), "_": partial(self._words, code), "who": who}
        html = template.render(**words, **self._written(code), **given)
        return Fragment(Markup(html), hashlib.sha256(html.encode()).hexdigest()[:16])  # noqa: S704

    def changed(self, fragment: Fragment, known: str) -> Response:
        """A part alone, or 204 when the browser knows its mark already."""
        if fragment.mark == known:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        headers = {"X-Mark": fragment.mark}
        return Response(fragment.html, headers=headers, media_type="text/html; charset=utf-8")

    def language_of(self, who: SignedIn | None, otherwise: str = DEFAULT_LANGUAGE) -> str:
        """The language of someone's pages."""
        code = who.language if who else otherwise
        return code if code in LANGUAGES else DEFAULT_LANGUAGE

    def _words(self, language: str, msgid: str, **given: Value) -> str:
        return self.runtime.renderer.plain(Text(msgid, tuple(given.items())), language)

    def _written(self, code: str) -> dict[str, object]:
        return {
            "n_": partial(self._counted, code),
            "text": partial(self._text, code),
            "moment": partial(_moment, code),
            "since": partial(self._since, code),
            "day": partial(_day, code),
            "short_day": partial(_short_day, code),
            "hour": _hour,
            "spoken": partial(language_name, code),
            "tongue": self._row,
            "label": partial(self._label, code),
            "html": to_html,
            "varieties": varieties,
            "console_languages": [self._row(each) for each in LANGUAGES],
        }

    def _counted(self, language: str, one: str, many: str, n: int, **given: Value) -> str:
        text = Text(one, (("n", n), *given.items()), many)
        return self.runtime.renderer.plain(text, language)

    def _text(self, language: str, text: Text) -> str:
        return self.runtime.renderer.plain(text, language)

    def _since(self, language: str, at: datetime) -> str:
        """A moment that has been, in as few words as it takes."""
        days = (local_day(self.runtime.clock.now()) - local_day(at)).days
        if days == 0:
            return self._text(language, _("Today {at:time}", at=at))
        if days == 1:
            return self._text(language, _("Yesterday {at:time}", at=at))
        return values.write_short_moment(at, language, ZONE, "ltr")

    def _label(self, language: str, label: Label) -> str:
        return self.runtime.renderer.label(label, language)

    def _row(self, code: str) -> Language:
        return self.runtime.texts.languages[code]


def _moment(language: str, at: datetime) -> str:
    return values.write_moment(at, language, ZONE, "ltr")


def _day(language: str, day: date) -> str:
    return values.write_day(day, language, "ltr")


def _short_day(language: str, day: date) -> str:
    return values.write_short_day(day, language, "ltr")


def _hour(at: datetime) -> str:
    return values.write_time(at, ZONE, "ltr")


@cache
def language_name(reader: str, code: str) -> str:
    """What a language is called in the reader's, such as "dari" or "Arabic"."""
    names: Mapping[str, str] = Locale.parse(reader).languages
    return names.get(code) or Locale.parse(code).get_language_name(reader) or code
