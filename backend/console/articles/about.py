"""What an article is about, who decides and where it comes from: the page that changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi import Request, Response
from starlette.datastructures import ImmutableMultiDict

from backend.console.articles.desk import FACTS, PATH, Desk, find, seen_in
from backend.console.articles.facts import TOPIC_WORDS, Form, Known, Reader, filled_in, rows
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.routing import see
from backend.console.sessions import SignedIn
from backend.services.editing import EditedMeanwhile, Pencil
from backend.services.walltime import local_day
from backend.wake import EVERYTHING
from backend.work import Work
from dialogs.text import Text, _
from knowledge.article import ICONS, Article
from knowledge.writing import write_facts


@dataclass(frozen=True)
class Shown:
    """What the page shows, and the version that it is laid over."""

    form: Form
    seen: int
    wrong: Mapping[str, Text] = field(default_factory=dict)
    problem: Text | None = None
    theirs: str = ""
    status: int = HTTPStatus.OK


async def show(console: ConsoleOf, who: Who, slug: str, saved: str = "") -> Response:
    """The facts as they are now."""
    desk = await find(console, slug)
    shown = Shown(filled_in(desk.article), desk.version(FACTS))
    return await _page(console, who, desk, shown, saved)


async def change(console: ConsoleOf, who: Who, slug: str, request: Request) -> Response:
    """Save them, or go back to the file."""
    desk, form = await find(console, slug), await request.form()
    seen = seen_in(form)
    runtime = console.runtime
    reader = Reader(form, await known(console, desk.article))
    article = reader.article(slug)
    is_back = form.get("do") == "withdraw" and desk.is_filed
    if article is None and not is_back:
        problem = _("Nothing was saved. Look at the fields marked below.")
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        shown = Shown(form, seen, reader.wrong, problem, status=status)
        return await _page(console, who, desk, shown)
    try:
        async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
            pencil = Pencil(work, who.staff, slug, FACTS, desk.file(FACTS), seen)
            if is_back or article is None:
                await pencil.withdraw()
            else:
                await pencil.write(write_facts(article), "draft")
    except EditedMeanwhile:
        return await _conflict(console, who, slug, form)
    runtime.hub.changed(EVERYTHING)
    return see(f"{PATH}/{slug}?saved={'withdrawn' if is_back else 'draft'}")


async def known(console: Console, now: Article | None = None) -> Known:
    """What facts can be about; what an article is about already may stay."""
    runtime = console.runtime
    async with runtime.database.reading() as session:
        catalogue = await runtime.cache.get(session)
    slugs = {article.slug for article in runtime.answers.library.articles}
    services = {*catalogue.services, *(now.services if now else ())}
    return Known(local_day(runtime.clock.now()), slugs | set(now.related if now else ()), services)


async def choices(console: Console) -> dict[str, object]:
    """What the fields of the facts are chosen from."""
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
    return {
        "topics": TOPIC_WORDS,
        "icons": ICONS,
        "services": {key: terms.service for key, terms in catalogue.services.items()},
        "source_rows": rows,
    }


async def _conflict(console: Console, who: SignedIn, slug: str, form: Form) -> Response:
    desk = await find(console, slug)
    shown = Shown(
        form,
        desk.version(FACTS),
        problem=_(
            "Somebody else has changed this meanwhile. Nothing was saved. Compare both texts."
        ),
        theirs=write_facts(desk.article),
        status=HTTPStatus.CONFLICT,
    )
    return await _page(console, who, desk, shown)


async def _page(
    console: Console, who: SignedIn, desk: Desk, shown: Shown, saved: str = ""
) -> Response:
    form = ImmutableMultiDict(shown.form.multi_items())
    return console.pages.show(
        who,
        "article_facts.html",
        shown.status,
        desk=desk,
        shown=shown,
        form=form,
        wrong=shown.wrong,
        saved=saved,
        choices=await choices(console),
        here="questions",
    )
