"""Questions kept for editors: the questions port of one turn, and what is deleted in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hygiene import without_contacts
from backend.models import Question
from backend.models.base import new_id
from backend.services.walltime import local_day
from backend.vault import Vault
from backend.work import Work
from dialogs.ports import Answered, Found, NotFound, Searched, Unsure

LONGEST = 300  # characters of a question; what follows is a story, and hers


@dataclass(frozen=True)
class AskedQuestions:
    """What one person asks within one unit of work; her name is not written down."""

    person: str
    language: str
    work: Work
    vault: Vault

    async def asked(self, text: str, finding: Searched) -> str:
        """Keep a question and what was found; a token for what comes of it."""
        token = new_id()
        outcome, found = _outcome(finding)
        session = await self.work.writing()
        await session.execute(
            insert(Question).values(
                id=self._id(token),
                asked_on=local_day(self.work.clock.now()),
                language=(finding.asked_in if not isinstance(finding, NotFound) else None)
                or self.language,
                text=without_contacts(text)[:LONGEST],
                outcome=outcome,
                shown=[each.article.slug for each in found],
                score=round(found[0].score, 3) if found else 0.0,
            )
        )
        return token

    async def chose(self, token: str, slug: str) -> None:
        """She took this article for the answer."""
        await self._change(token, chosen=slug)

    async def rated(self, token: str, *, helped: bool) -> None:
        """The answer has helped her, or has not."""
        await self._change(token, helped=helped)

    async def tell_me(self, token: str) -> None:
        """Link the question to her: she wants to hear when there is an answer."""
        await self._change(token, person_id=self.person)

    async def no_more(self) -> None:
        """None of her questions is linked to her any more, and nothing is told of them."""
        session = await self.work.writing()
        hers = update(Question).where(Question.person_id == self.person)
        await session.execute(hers.values(person_id=None))
        self.work.void(about_answers(self.person))

    async def _change(self, token: str, **values: str | bool) -> None:
        session = await self.work.writing()
        question = update(Question).where(Question.id == self._id(token))
        await session.execute(question.values(**values))

    def _id(self, token: str) -> str:
        return self.vault.fingerprint("question", token)


def about_answers(person: str) -> str:
    """What messages that tell her of answers carry in their ``about``."""
    return f"answers:{person}"


async def forget_old_questions(session: AsyncSession, now: datetime, kept_days: int) -> None:
    """Delete the questions whose time is up."""
    limit = local_day(now - timedelta(days=kept_days))
    await session.execute(delete(Question).where(Question.asked_on < limit))


def _outcome(finding: Searched) -> tuple[str, tuple[Found, ...]]:
    match finding:
        case Answered(best=best, others=others):
            return "answer", (best, *others)
        case Unsure(choices=choices):
            return "choices", choices
        case NotFound():
            return "unknown", ()
