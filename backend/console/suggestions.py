"""What associations suggest: read by a coordinator, changed where needed, accepted or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal, cast

from fastapi import Request, Response
from sqlalchemy import select
from starlette.datastructures import FormData

from backend.console.centre.fields import Field, Known, read
from backend.console.centre.hours import weekdays
from backend.console.context import Console, ConsoleOf
from backend.console.gatherings import repeats
from backend.console.gatherings.draft import NO_TEXTS
from backend.console.guard import Who
from backend.console.sessions import SignedIn
from backend.gatherings import answer_letters, suggestions
from backend.gatherings.answer_letters import AnswerWriter
from backend.gatherings.cells import MOST_SEATS
from backend.gatherings.suggestions import Accepted, CannotTakePlace, Suggestion
from backend.models import Staff
from backend.services.catalogue import Catalogue
from backend.services.series import BadRule, NoSuchSeries, UnknownService, UnknownUnit
from backend.work import Work
from dialogs.text import Text, Words, _

PATH = "/activities/suggest"
FIELDS = (
    Field("capacity", "number", _("Seats"), least=1, most=MOST_SEATS),
    Field("name", "texts", _("Name")),
    Field("about", "texts", _("What it is"), is_needed=False),
)

Decision = Literal["accepted", "refused"]
Letter = Literal["sent", "failed", "none"]


@dataclass(frozen=True)
class Decided:
    """What was decided, and whether the association was written to; ``mail`` when it was not."""

    decision: Decision
    letter: Letter
    mail: str = ""


@dataclass(frozen=True)
class Refused:
    """A form that could not be taken: of which suggestion, what was typed, and what is wrong."""

    suggestion: str
    form: FormData
    wrong: Mapping[str, Text] = field(default_factory=dict)
    problem: Text | None = None


async def show(console: ConsoleOf, who: Who) -> Response:
    """Everything that waits for an answer."""
    return await _page(console, who)


async def decide(console: ConsoleOf, who: Who, request: Request, suggestion: str) -> Response:
    """Accept a suggestion as it is filled in, or refuse it."""
    form = await request.form()
    runtime = console.runtime
    decision: Decision = "accepted" if form.get("do") == "accept" else "refused"
    catalogue, accepted, wrong = await _filled_in(console, form)
    if decision == "accepted" and wrong:
        return await _page(console, who, refused=Refused(suggestion, form, wrong))
    try:
        async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
            if decision == "accepted":
                found = await suggestions.accept(
                    work, catalogue, runtime.vault, suggestion, accepted
                )
            else:
                found = await suggestions.refuse(work, runtime.vault, suggestion)
    except NoSuchSeries:
        problem = _("This has been decided already.")
        return await _page(console, who, refused=Refused("", form, problem=problem))
    except CannotTakePlace as error:
        return await _page(console, who, refused=Refused(suggestion, form, problem=error.says))
    except (BadRule, UnknownService, UnknownUnit):
        problem = _("It cannot take place like this any more.")
        return await _page(console, who, refused=Refused(suggestion, form, problem=problem))
    runtime.hub.nudge()
    decided = await _answer(console, catalogue, found, decision)
    return await _page(console, who, decided=decided)


async def _filled_in(
    console: Console, form: FormData
) -> tuple[Catalogue, Accepted, dict[str, Text]]:
    """What a coordinator would accept, and what is wrong with it."""
    runtime = console.runtime
    async with runtime.database.reading() as session:
        catalogue = await runtime.cache.get(session)
        leaders = await session.scalars(select(Staff.id).where(Staff.is_active))
        known_leaders = set(leaders)
    languages = [language.code for language in runtime.texts.languages.published]
    values, wrong = read(FIELDS, form, NO_TEXTS, Known(languages, catalogue.units))
    unit, coach = str(form.get("unit", "")), str(form.get("coach", ""))
    if unit not in catalogue.units:
        wrong["unit"] = _("Choose a place.")
    if coach and coach not in known_leaders:
        wrong["coach"] = _("Choose who leads it.")
    accepted = Accepted(
        unit,
        cast("int", values.get("capacity") or 1),
        cast("Mapping[str, str]", values.get("name") or {}),
        cast("Mapping[str, str]", values.get("about") or {}),
        coach or None,
    )
    return catalogue, accepted, wrong


async def _answer(
    console: Console, catalogue: Catalogue, found: Suggestion, decision: Decision
) -> Decided:
    """After the commit: write to the association, where there is a mail server."""
    runtime, contact = console.runtime, found.contact
    server, sender = runtime.settings.mail_server, runtime.settings.mail_from
    if contact is None or server is None:
        return Decided(decision, "none", contact.mail if contact else "")
    writer = AnswerWriter(runtime.renderer, sender, runtime.site.name)
    letter = writer.write(
        found, contact, catalogue, runtime.clock.now(), accepted=decision == "accepted"
    )
    if await answer_letters.send(server, letter, sender, contact.mail):
        return Decided(decision, "sent")
    return Decided(decision, "failed", contact.mail)


async def _page(
    console: Console,
    who: SignedIn,
    decided: Decided | None = None,
    refused: Refused | None = None,
) -> Response:
    runtime = console.runtime
    async with runtime.database.reading() as session:
        catalogue = await runtime.cache.get(session)
        rows = await suggestions.waiting(session, runtime.vault)
        staff = select(Staff.id, Staff.name).where(Staff.is_active).order_by(Staff.name)
        leaders = (await session.execute(staff)).all()
    names = [name for _number, name in weekdays(console.pages.language_of(who))]
    return console.pages.show(
        who,
        "activity_suggestions.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK,
        rows=rows,
        decided=decided,
        refused=refused,
        leaders=leaders,
        named=Words.of,
        often=lambda rule: repeats.in_words(rule, names),
        until=lambda rule: repeats.read(rule).until,
        languages=[language.code for language in runtime.texts.languages.published],
        services=catalogue.services,
        units=catalogue.units,
        most_seats=MOST_SEATS,
        page_address=f"{runtime.settings.url}{PATH}",
        answers=runtime.settings.mail_server is not None,
        here="activities",
    )
