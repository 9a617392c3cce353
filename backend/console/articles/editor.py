"""Writing an article in one language: save, approve, or go back to the file.

What is saved is shown to people at once, as files are, and says that nobody has approved it yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi import Request, Response
from starlette.datastructures import FormData

from backend.console.articles import preview
from backend.console.articles.desk import (
    PATH,
    Desk,
    expect_language,
    find,
    read_words,
    seen_in,
)
from backend.console.articles.telling import asked_in, reopen, told_of, waiting_for
from backend.console.articles.words import Draft, Fault
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.profiles import ROLES
from backend.console.routing import see
from backend.console.sessions import SignedIn
from backend.services.editing import Edit, EditedMeanwhile, Pencil, State
from backend.services.walltime import local_day
from backend.wake import EVERYTHING
from backend.work import Work
from dialogs.text import Text, _
from knowledge.article import Approval

SWEDISH = "sv"
LONGEST_ROLE = 60


@dataclass(frozen=True)
class Shown:
    """What a page shows; ``theirs`` is what somebody else has written meanwhile.

    ``seen`` is the version it is laid over, and ``role`` in which it would be approved.
    """

    draft: Draft
    seen: int
    role: str
    faults: Sequence[Fault] = field(default_factory=tuple)
    theirs: Draft | None = None
    problem: Text | None = None
    status: int = HTTPStatus.OK


async def show(
    console: ConsoleOf, who: Who, slug: str, language: str, saved: str = ""
) -> Response:
    """The words as they are now."""
    desk = await find(console, slug)
    expect_language(desk, language)
    words = desk.words(language)
    asked = await asked_in(console, slug, language)
    draft = Draft.from_words(words) if words else Draft(questions=tuple(asked))
    shown = Shown(draft, desk.version(language), _role(console, who))
    return await _page(console, who, desk, language, shown, saved)


async def change(
    console: ConsoleOf, who: Who, slug: str, language: str, request: Request
) -> Response:
    """Look at what is written, save it, approve it, or go back to the file."""
    desk = await find(console, slug)
    expect_language(desk, language)
    form = await request.form()
    draft = Draft.of(form)
    role = " ".join(_said(form, "role").split())[:LONGEST_ROLE]
    shown = Shown(draft, seen_in(form), role or _role(console, who), draft.faults())
    match form.get("do"):
        case "preview":
            return await _page(console, who, desk, language, shown)
        case "withdraw":
            return await _withdraw(console, who, desk, language, shown)
        case "approve":
            today = local_day(console.runtime.clock.now())
            return await _save(
                console, who, desk, language, shown, Approval(shown.role, who.name, today)
            )
        case _:
            return await _save(console, who, desk, language, shown)


async def _save(
    console: Console,
    who: SignedIn,
    desk: Desk,
    language: str,
    shown: Shown,
    approval: Approval | None = None,
) -> Response:
    if shown.faults:
        return await _page(console, who, desk, language, _refused(shown))
    source, before = shown.draft.source(approval), desk.words(language)
    after = read_words(language, source)
    same = before is not None and after is not None and before.digest == after.digest
    runtime = console.runtime
    try:
        async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
            pencil = Pencil(work, who.staff, desk.slug, language, desk.file(language), shown.seen)
            state: State = "approved" if approval else "draft"
            await pencil.write(source, state, keeps_recording=same)
            if approval:
                await told_of(console, work, desk.article)
    except EditedMeanwhile as meanwhile:
        return await _conflict(console, who, desk.slug, language, shown, meanwhile.now)
    runtime.hub.changed(EVERYTHING)
    return see(f"{PATH}/{desk.slug}/{language}?saved={state}")


async def _withdraw(
    console: Console, who: SignedIn, desk: Desk, language: str, shown: Shown
) -> Response:
    runtime = console.runtime
    try:
        async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
            file = desk.file(language)
            await Pencil(work, who.staff, desk.slug, language, file, shown.seen).withdraw()
            await reopen(console, work, desk.slug)
    except EditedMeanwhile as meanwhile:
        return await _conflict(console, who, desk.slug, language, shown, meanwhile.now)
    runtime.hub.changed(EVERYTHING)
    return see(f"{PATH}/{desk.slug}/{language}?saved=withdrawn")


async def _conflict(
    console: Console,
    who: SignedIn,
    slug: str,
    language: str,
    shown: Shown,
    now: Edit | None,
) -> Response:
    """Both texts; saving again lays this one over the other."""
    desk = await find(console, slug)
    words = desk.words(language)
    shown = Shown(
        shown.draft,
        now.version if now else 0,
        shown.role,
        shown.faults,
        Draft.from_words(words) if words else Draft(),
        _("Somebody else has changed this meanwhile. Nothing was saved. Compare both texts."),
        HTTPStatus.CONFLICT,
    )
    return await _page(console, who, desk, language, shown)


def _refused(shown: Shown) -> Shown:
    problem = _("Nothing was saved. Look at what is wrong below.")
    return Shown(
        shown.draft,
        shown.seen,
        shown.role,
        shown.faults,
        None,
        problem,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    )


async def _page(
    console: Console,
    who: SignedIn,
    desk: Desk,
    language: str,
    shown: Shown,
    saved: str = "",
) -> Response:
    runtime = console.runtime
    words = shown.draft.translation(language)
    today = local_day(runtime.clock.now())
    edit = desk.edit(language)
    is_empty = not any((shown.draft.title, shown.draft.body))
    return console.pages.show(
        who,
        "article_words.html",
        shown.status,
        desk=desk,
        code=language,
        shown=shown,
        faults=() if is_empty and not shown.problem else shown.faults,
        preview=preview.preview(runtime, desk.article, words, today) if words else (),
        swedish=desk.words(SWEDISH) if language != SWEDISH else None,
        swedish_draft=Draft.from_words,
        asked=await asked_in(console, desk.slug, language),
        waiting=await waiting_for(console, desk.slug, language),
        saved=saved,
        changed_on=local_day(edit.changed_at) if edit else None,
        now=desk.words(language),
        heard=runtime.answers.is_recorded(desk.slug, language),
        here="questions",
    )


def _role(console: Console, who: SignedIn) -> str:
    """What people read after the name of whoever has approved a text."""
    return console.runtime.renderer.plain(ROLES[who.role], SWEDISH)


def _said(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""
