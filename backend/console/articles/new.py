"""A new article: what it is about, and its first words in one language.

Begun from questions that had no answer, it answers them: those who wanted to hear are told as
soon as there are approved words in their language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi import Request, Response
from starlette.datastructures import FormData, ImmutableMultiDict

from backend.api.problems import Problem
from backend.console.articles.about import choices, known
from backend.console.articles.desk import FACTS, PATH, find
from backend.console.articles.facts import Form, Reader
from backend.console.articles.gathering import cluster_of, those_shown
from backend.console.articles.telling import told_of
from backend.console.articles.words import Draft, Fault
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.routing import see
from backend.console.sessions import SignedIn
from backend.services.clusters import Cluster
from backend.services.editing import NO_VERSION, EditedMeanwhile, Pencil
from backend.wake import EVERYTHING
from backend.work import Work
from dialogs.text import Text, _
from knowledge.article import Article
from knowledge.library import SLUG
from knowledge.writing import write_facts

SWEDISH = "sv"
MOST_QUESTIONS = 8
LONGEST_SLUG = 60


@dataclass(frozen=True)
class Shown:
    """What the page shows."""

    form: Form
    draft: Draft
    language: str
    wrong: Mapping[str, Text] = field(default_factory=dict)
    faults: Sequence[Fault] = field(default_factory=tuple)
    problem: Text | None = None
    status: int = HTTPStatus.OK


async def show(console: ConsoleOf, who: Who, question: str = "") -> Response:
    """An empty page, or one with how people have asked."""
    cluster = await cluster_of(console, question) if question else None
    draft, language = Draft(), SWEDISH
    if cluster is not None:
        wordings = tuple(each.text for each in cluster.wordings[:MOST_QUESTIONS])
        draft, language = Draft(questions=wordings), cluster.language
    form = ImmutableMultiDict([("topic", ""), ("audience", "everyone"), ("icon", "info")])
    return await _page(console, who, Shown(form, draft, language), cluster)


async def add(console: ConsoleOf, who: Who, request: Request) -> Response:
    """Begin an article. It is shown to people at once, as not yet approved."""
    form = await request.form()
    question = str(form.get("question", ""))
    cluster = await cluster_of(console, question) if question else None
    draft, language = Draft.of(form), _language(console, form)
    slug = _slug(form, draft.title)
    reader = Reader(form, await known(console))
    article = reader.article(slug)
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        reader.wrong["slug"] = _("A short name has small letters a-z, digits and hyphens only.")
    elif await _is_taken(console, slug):
        reader.wrong["slug"] = _("There is an article of this name already.")
    faults = draft.faults()
    if article is None or reader.wrong or faults:
        problem = _("Nothing was saved. Look at the fields marked below.")
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        shown = Shown(form, draft, language, reader.wrong, faults, problem, status)
        return await _page(console, who, shown, cluster)
    questions = those_shown(cluster, str(form.get("shown", ""))) if cluster else ()
    try:
        await _begin(console, who, article, draft.source(), language, questions)
    except EditedMeanwhile:
        taken = {"slug": _("There is an article of this name already.")}
        shown = Shown(form, draft, language, taken, status=HTTPStatus.CONFLICT)
        return await _page(console, who, shown, cluster)
    console.runtime.hub.changed(EVERYTHING)
    return see(f"{PATH}/{slug}/{language}?saved=draft")


async def _begin(
    console: Console,
    who: SignedIn,
    article: Article,
    source: str,
    language: str,
    questions: Collection[str],
) -> None:
    runtime = console.runtime
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        for code, text in ((FACTS, write_facts(article)), (language, source)):
            pencil = Pencil(work, who.staff, article.slug, code, None, NO_VERSION)
            await pencil.write(text, "draft")
        if questions:
            await told_of(console, work, article, questions)


async def _is_taken(console: Console, slug: str) -> bool:
    try:
        await find(console, slug)
    except Problem:
        return any(found == slug for found, _language in console.runtime.answers.library.sources)
    return True


def _slug(form: FormData, title: str) -> str:
    """The name in its address: as written, else made of a title in Latin letters."""
    written = str(form.get("slug", "")).strip()
    if written:
        return written
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().casefold()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST_SLUG].strip("-")


def _language(console: Console, form: FormData) -> str:
    published = {language.code for language in console.runtime.texts.languages.published}
    language = str(form.get("language", ""))
    return language if language in published else SWEDISH


async def _page(
    console: Console, who: SignedIn, shown: Shown, cluster: Cluster | None
) -> Response:
    published = console.runtime.texts.languages.published
    return console.pages.show(
        who,
        "article_new.html",
        shown.status,
        shown=shown,
        form=ImmutableMultiDict(shown.form.multi_items()),
        wrong=shown.wrong,
        faults=shown.faults,
        cluster=cluster,
        languages=[language.code for language in published],
        choices=await choices(console),
        here="questions",
    )
