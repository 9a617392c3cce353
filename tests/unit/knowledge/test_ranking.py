"""BM25, as shares of what was asked for."""

import pytest

from knowledge.ranking import Ranking


def ranking(*bags, owners=None, doubt=0.0):
    owners = range(len(bags)) if owners is None else owners
    return Ranking(bags, owners, saturation=1.6, length=0.75, doubt=doubt)


def test_who_has_the_rarer_word_has_the_larger_share():
    shares = ranking(
        {"bank": 1, "money": 1}, {"bank": 1, "id": 1}, {"bank": 1, "id": 1}, {"sfi": 2}
    ).shares({"money": 1, "id": 1})
    assert set(shares) == {0, 1, 2}
    assert shares[0] > shares[1] == shares[2]


def test_a_share_is_at_most_one():
    shares = ranking({"bank": 1000}, {"sfi": 1}).shares({"bank": 1})
    assert 0.5 < shares[0] < 1


def test_what_nobody_has_lowers_every_share():
    bags = ranking({"bank": 1}, {"sfi": 1})
    assert bags.shares({"bank": 1, "moon": 1})[0] < bags.shares({"bank": 1})[0]


def test_a_word_that_is_said_with_less_stress_matters_less():
    bags = ranking({"bank": 1}, {"how": 1}, {"sfi": 1})
    shares = bags.shares({"bank": 1, "how": 0.25})
    assert shares[0] > shares[1]


def test_doubt_matters_less_the_more_is_asked():
    sure, doubting = (
        ranking({"a": 1, "b": 1}, {"c": 1}),
        ranking({"a": 1, "b": 1}, {"c": 1}, doubt=2),
    )
    short, long = {"a": 1}, {"a": 1, "b": 1}
    assert doubting.shares(short)[0] < sure.shares(short)[0]
    assert doubting.shares(long)[0] > doubting.shares(short)[0]


def test_the_best_of_an_owners_bags_counts_and_not_their_sum():
    once = ranking({"bank": 1}, {"sfi": 1}, {"id": 1}, owners=[0, 1, 1]).shares({"bank": 1})
    twice = ranking({"bank": 1}, {"bank": 1}, {"id": 1}, owners=[0, 0, 1]).shares({"bank": 1})
    assert twice[0] <= once[0]


def test_a_word_that_is_everywhere_tells_nothing():
    assert ranking(*({"the": 1, str(number): 1} for number in range(20))).shares({"the": 1}) == {}


@pytest.mark.parametrize("bags", [(), ({},), ({}, {})])
def test_nothing_is_found_where_nothing_is(bags):
    assert ranking(*bags).shares({"bank": 1}) == {}
