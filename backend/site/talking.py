"""How long what may take in a talk, from the site file: minutes, from shortest to longest."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dialogs.talks import Terms

Minutes = Annotated[int, Field(ge=1, le=24 * 60)]


class Talking(BaseModel):
    """The ``[talk]`` table. A coach who is away for a minute is away; that is not set here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place_every: Minutes = 2
    offer_after: Minutes = 5
    offer_again: Minutes = 10
    give_up_after: Minutes = 15
    nudge_after: Minutes = 3
    requeue_after: Minutes = 8
    warn_after: Minutes = 25
    end_after: Minutes = 40
    blocked_days: Annotated[int, Field(ge=1, le=90)] = 7

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for names in (
            ("offer_after", "offer_again", "give_up_after"),
            ("nudge_after", "requeue_after"),
            ("warn_after", "end_after"),
        ):
            values = [getattr(self, name) for name in names]
            if values != sorted(set(values)):
                message = f"these must grow: {', '.join(names)}"
                raise ValueError(message)
        return self

    @property
    def terms(self) -> Terms:
        """As the hand-over reads them."""
        named = self.model_dump(exclude={"blocked_days"})
        minutes = {name: timedelta(minutes=value) for name, value in named.items()}
        return Terms(**minutes, blocked_for=timedelta(days=self.blocked_days))
