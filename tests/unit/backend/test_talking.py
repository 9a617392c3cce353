"""The times of a talk, as the site file says them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from backend.site.talking import Talking
from dialogs.talks import Terms


def test_a_file_that_says_nothing_has_the_usual_times() -> None:
    assert Talking().terms == Terms()


def test_a_centre_may_wait_longer() -> None:
    terms = Talking(give_up_after=30, blocked_days=2).terms
    assert terms.give_up_after == timedelta(minutes=30)
    assert terms.blocked_for == timedelta(days=2)


@pytest.mark.parametrize(
    "wrong",
    [{"offer_after": 12}, {"nudge_after": 8}, {"end_after": 20}, {"give_up_after": 0}, {"x": 1}],
)
def test_times_that_cannot_be_meant_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Talking(**wrong)
