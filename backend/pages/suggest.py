"""A page on which associations suggest activities. A coordinator reads each before others see it.

It asks for nothing but the activity and where to answer, and works without scripts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from backend.api.languages import page_language
from backend.api.limits import RateLimit
from backend.api.origin import is_own
from backend.api.problems import Problem, detail_of
from backend.api.state import RuntimeOf
from backend.api.templates import Templates
from backend.console.gatherings.repeats import CHOICES
from backend.gatherings.cells import MOST_SEATS, SWEDISH
from backend.gatherings.suggestions import TooManyWaiting, suggest
from backend.pages.linked import route_class
from backend.pages.suggestion_form import (
    ELSEWHERE,
    LONGEST_ABOUT,
    LONGEST_LINE,
    OFFERED,
    TRAP,
    Suggested,
    SuggestionForm,
    group_services,
)
from backend.runtime import Runtime
from backend.services.walltime import local_day
from backend.work import Work
from dialogs.text import Text, _

HERE = Path(__file__).parent
PATH = "/activities/suggest"
A_MINUTE, AT_ONCE = 2, 10


@dataclass(frozen=True)
class Shown:
    """What the page shows besides the form: that it was sent, or why it was not."""

    form: SuggestionForm
    is_sent: bool = False
    problem: Text | None = None
    status: int = HTTPStatus.OK


def create_router(runtime: Runtime) -> APIRouter:
    """The page and its form."""
    pages = Templates(runtime, HERE / "templates")
    limit = RateLimit(A_MINUTE, AT_ONCE)
    router = APIRouter(include_in_schema=False, route_class=route_class(pages))

    @router.get(PATH)
    async def show(runtime: RuntimeOf, request: Request, sent: str = "") -> Response:
        """The form, or thanks when it has been sent."""
        return await _page(runtime, pages, request, Shown(SuggestionForm.blank(), bool(sent)))

    @router.post(PATH)
    async def take(runtime: RuntimeOf, request: Request) -> Response:
        """Keep a suggestion until a coordinator has read it."""
        _expect_own_and_slow(runtime, request, limit)
        form = SuggestionForm.of(await request.form())
        done = RedirectResponse(
            f"{PATH}?sent=1&lang={page_language(request)}", HTTPStatus.SEE_OTHER
        )
        if form.get(TRAP):
            return done  # no person has filled that in; the one who has need not know
        suggested = await _read(runtime, request, form)
        if suggested is None:
            refused = Shown(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            return await _page(runtime, pages, request, refused)
        try:
            await _keep(runtime, suggested)
        except TooManyWaiting:
            problem = _("We have many suggestions to read now. Try again another day.")
            refused = Shown(form, problem=problem, status=HTTPStatus.SERVICE_UNAVAILABLE)
            return await _page(runtime, pages, request, refused)
        return done

    return router


async def _read(runtime: Runtime, request: Request, form: SuggestionForm) -> Suggested | None:
    languages = [language.code for language in runtime.texts.languages.published]
    async with runtime.database.reading() as session:
        catalogue = await runtime.cache.get(session)
    return form.read(catalogue, languages, page_language(request), runtime.clock.now())


async def _keep(runtime: Runtime, suggested: Suggested) -> None:
    """Raises TooManyWaiting."""
    async with Work.begin(runtime.database, runtime.clock, "association") as work:
        catalogue = await runtime.cache.get(await work.writing())
        await suggest(work, catalogue, runtime.vault, suggested.new, suggested.contact)


async def _page(runtime: Runtime, pages: Templates, request: Request, shown: Shown) -> Response:
    async with runtime.database.reading() as session:
        catalogue = await runtime.cache.get(session)
    language = page_language(request)
    published = runtime.texts.languages.published
    others = [each for each in published if each.code != SWEDISH]
    return pages.page(
        "suggest.html",
        language,
        shown.status,
        shown=shown,
        form=shown.form,
        wrong=shown.form.wrong,
        words=partial(runtime.renderer.plain, language=language),
        label=partial(runtime.renderer.label, language=language),
        site_name=runtime.site.name,
        languages=published,
        in_other_languages=others,
        is_told=any(shown.form.get(f"name-{each.code}") for each in others),
        swedish=runtime.texts.languages[SWEDISH],
        services=[catalogue.services[each].service for each in group_services(catalogue)],
        units=catalogue.units.values(),
        repeats={kind: CHOICES[kind] for kind in OFFERED},
        answers=runtime.settings.mail_server is not None,
        today=local_day(runtime.clock.now()),
        path=PATH,
        elsewhere=ELSEWHERE,
        trap=TRAP,
        most_seats=MOST_SEATS,
        longest_line=LONGEST_LINE,
        longest_about=LONGEST_ABOUT,
    )


def _expect_own_and_slow(runtime: Runtime, request: Request, limit: RateLimit) -> None:
    """Raises Problem 403 for a form of another site, 429 for too many of one client."""
    if not is_own(request, runtime.settings.url):
        detail = _(
            "This page was too old. Nothing was changed. Load the page again and try again."
        )
        raise Problem(HTTPStatus.FORBIDDEN, detail)
    client = request.client.host if request.client else ""
    if seconds := limit.wait(client, runtime.clock.now()):
        status = HTTPStatus.TOO_MANY_REQUESTS
        raise Problem(status, detail_of(status), {"Retry-After": str(seconds)})
