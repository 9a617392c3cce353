"""What an article is about, who decides, and where it comes from, as a form has it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from starlette.datastructures import FormData, ImmutableMultiDict

from backend.hygiene import clean
from dialogs.text import Text, _
from knowledge.article import ICONS, TOPICS, Article, Source
from knowledge.flaw import Flaw
from knowledge.reading import parse_facts
from knowledge.writing import write_facts

MOST_SOURCES = 20
SPARE_SOURCES = 2
LONGEST = 300
EVERYONE = "everyone"
SOURCE_FIELDS = ("publisher", "title", "url", "read", "dated")

TOPIC_WORDS: Mapping[str, Text] = {
    "papers": _("Papers and authorities"),
    "work": _("Work"),
    "language": _("Language and school"),
    "housing": _("A home"),
    "money": _("Money"),
    "health": _("Health"),
    "safety": _("Safety and rights"),
    "centre": _("The centre"),
}

Form = ImmutableMultiDict[str, object] | FormData


@dataclass(frozen=True)
class Known:
    """What a form can be filled with, and the day it is."""

    today: date
    slugs: Collection[str]
    services: Collection[str]


@dataclass
class Reader:
    """Reads a form, and notes what is wrong at which field."""

    form: Form
    known: Known
    wrong: dict[str, Text] = field(default_factory=dict)

    def article(self, slug: str) -> Article | None:
        """The facts, or None when something is wrong."""
        read = Article(
            slug=slug,
            owner=self._needed("owner"),
            topic=self._one("topic", TOPICS),
            audience=self._lines("audience") or (EVERYONE,),
            icon=self._one("icon", ICONS),
            review_by=self._review(),
            related=self._among("related", self.known.slugs),
            services=self._among("services", self.known.services),
            valid_from=self._day("valid_from"),
            valid_until=self._day("valid_until"),
            sources=tuple(self._sources()),
            translations={},
        )
        if read.valid_from and read.valid_until and read.valid_until < read.valid_from:
            self.wrong["valid_until"] = _("The last day is before the first.")
        if not read.sources and "sources" not in self.wrong:
            self.wrong["sources"] = _("Write at least one source, with its address.")
        if self.wrong:
            return None
        try:
            return parse_facts(slug, write_facts(read))
        except Flaw:
            self.wrong["sources"] = _("This cannot be read.")
            return None

    def _sources(self) -> Iterator[Source]:
        for number in range(MOST_SOURCES):
            names = {name: f"source-{number}-{name}" for name in SOURCE_FIELDS}
            if not any(self._said(name) for name in names.values()):
                continue
            read = self._day(names["read"])
            url = self._said(names["url"])
            if not url.startswith(("https://", "http://")) or " " in url:
                self.wrong[names["url"]] = _("A link begins with https:// and has no spaces.")
            if read is None or read > self.known.today:
                self.wrong[names["read"]] = _("Choose the day on which you read it.")
            yield Source(
                self._needed(names["publisher"]),
                self._needed(names["title"]),
                url,
                read or self.known.today,
                self._day(names["dated"]),
            )

    def _review(self) -> date:
        found = self._day("review_by")
        if found is None or found <= self.known.today:
            self.wrong["review_by"] = _("Choose a day that has not been.")
        return found or self.known.today

    def _needed(self, name: str) -> str:
        said = self._said(name)
        if not said:
            self.wrong[name] = _("Write something first.")
        elif len(said) > LONGEST:
            self.wrong[name] = _(
                "This is too long. {most:number} characters are the most.", most=LONGEST
            )
        return said

    def _one(self, name: str, among: Sequence[str]) -> str:
        said = self._said(name)
        if said not in among:
            self.wrong[name] = _("Choose one.")
        return said

    def _among(self, name: str, known: Collection[str]) -> tuple[str, ...]:
        """Several, in the order they were written in; what is not known is refused."""
        chosen = dict.fromkeys(
            word for value in self.form.getlist(name) for word in str(value).split()
        )
        if any(each not in known for each in chosen):
            self.wrong[name] = _("One of these does not exist.")
        return tuple(chosen)

    def _lines(self, name: str) -> tuple[str, ...]:
        lines = (" ".join(line.split()) for line in self._said(name, lines=True).split("\n"))
        return tuple(dict.fromkeys(line for line in lines if line))

    def _day(self, name: str) -> date | None:
        said = self._said(name)
        if not said:
            return None
        try:
            return date.fromisoformat(said)
        except ValueError:
            self.wrong[name] = _("Choose a day.")
            return None

    def _said(self, name: str, *, lines: bool = False) -> str:
        value = self.form.get(name)
        said = clean(value) if isinstance(value, str) else ""
        return said.strip() if lines else " ".join(said.split())


def filled_in(article: Article) -> ImmutableMultiDict[str, object]:
    """The facts as the form that shows them."""
    pairs: list[tuple[str, object]] = [
        ("owner", article.owner),
        ("topic", article.topic),
        ("icon", article.icon),
        ("audience", "\n".join(article.audience)),
        ("review_by", f"{article.review_by}"),
        ("related", "\n".join(article.related)),
        ("valid_from", _written(article.valid_from)),
        ("valid_until", _written(article.valid_until)),
        *(("services", service) for service in article.services),
    ]
    for number, source in enumerate(article.sources):
        values = (
            *(source.publisher, source.title, source.url),
            *(_written(source.read), _written(source.dated)),
        )
        for name, value in zip(SOURCE_FIELDS, values, strict=True):
            pairs.append((f"source-{number}-{name}", value))
    return ImmutableMultiDict(pairs)


def rows(form: Form) -> int:
    """How many sources the form has room for."""
    used = [
        number
        for number in range(MOST_SOURCES)
        if any(form.get(f"source-{number}-{name}") for name in SOURCE_FIELDS)
    ]
    return min(MOST_SOURCES, max(used, default=-1) + 1 + SPARE_SOURCES)


def _written(day: date | None) -> str:
    return "" if day is None else day.isoformat()
