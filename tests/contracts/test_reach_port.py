"""The fake ways and the real ones answer alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from backend.services.reaching import PersonReach
from backend.work import Work
from dialogs.i18n import Catalogue
from dialogs.reaching import (
    AlreadyThere,
    CodeTooOld,
    NotAMailAddress,
    NotAMobile,
    NotTheCode,
    Reach,
)
from tests.clock import FrozenClock
from tests.conftest import open_database
from tests.fakes import FakeReach
from tests.house import build

NUMBER = "070 123 45 67"


@dataclass
class Ways:
    """The port, and what only the telephone knows."""

    port: Reach
    code: Callable[[str], str]

    async def names(self) -> list[tuple[str, str]]:
        return [(way.channel, way.hint) for way in (await self.port.mine()).ways]


@pytest.fixture(params=["fake", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def ways(
    request: pytest.FixtureRequest, clock: FrozenClock, texts: Catalogue
) -> AsyncIterator[Ways]:
    if request.param == "fake":
        yield Ways(FakeReach(), lambda _address: "1234")
        return
    async for database in open_database(request, request.param):
        house = await build(database, clock, texts)
        anna = house.person()
        await anna.settles()
        work = Work(database, clock)
        port = PersonReach(await anna.id(), "en", work, house.vault, ("telegram", "sms", "mail"))
        yield Ways(port, port._code)
        await work.close()


async def test_a_way_counts_when_its_code_has_come_back_and_is_first_then(ways: Ways) -> None:
    address = await ways.port.add("sms", NUMBER)
    assert await ways.names() == [("telegram", "")]
    await ways.port.confirm(address, ways.code(address))
    assert await ways.names() == [("sms", "•••67"), ("telegram", "")]
    assert list(ways.port.may_add) == ["sms", "mail"]


async def test_the_order_is_hers(ways: Ways) -> None:
    for kind, typed in (("sms", NUMBER), ("mail", "anna@example.com")):
        address = await ways.port.add(kind, typed)  # type: ignore[arg-type]
        await ways.port.confirm(address, ways.code(address))
    assert [name for name, _hint in await ways.names()] == ["mail", "sms", "telegram"]
    await ways.port.put_first("telegram")
    assert [name for name, _hint in await ways.names()] == ["telegram", "mail", "sms"]


async def test_what_is_no_number_and_no_address_is_refused(ways: Ways) -> None:
    with pytest.raises(NotAMobile):
        await ways.port.add("sms", "08 508 25 000")
    with pytest.raises(NotAMailAddress):
        await ways.port.add("mail", "anna")


async def test_five_wrong_codes_end_it(ways: Ways) -> None:
    address = await ways.port.add("sms", NUMBER)
    wrong = f"{(int(ways.code(address)) + 1) % 10_000:04}"
    for left in (4, 3, 2, 1):
        with pytest.raises(NotTheCode) as caught:
            await ways.port.confirm(address, wrong)
        assert caught.value.left == left
    for code in (wrong, ways.code(address)):
        with pytest.raises(CodeTooOld):
            await ways.port.confirm(address, code)


async def test_a_code_works_once_and_only_the_last_one_sent(ways: Ways) -> None:
    first = await ways.port.add("sms", NUMBER)
    second = await ways.port.add("sms", "070 123 45 99")
    with pytest.raises(CodeTooOld):
        await ways.port.confirm(first, ways.code(first))
    await ways.port.confirm(second, ways.code(second))
    with pytest.raises(CodeTooOld):
        await ways.port.confirm(second, ways.code(second))
    assert await ways.names() == [("sms", "•••99"), ("telegram", "")]


async def test_what_she_has_is_not_added_again_and_what_she_removes_is_gone(ways: Ways) -> None:
    address = await ways.port.add("sms", NUMBER)
    await ways.port.confirm(address, ways.code(address))
    with pytest.raises(AlreadyThere):
        await ways.port.add("sms", "+46 70 123 45 67")
    await ways.port.remove("no such address")
    assert len(await ways.names()) == 2
    await ways.port.remove(address)
    assert await ways.names() == [("telegram", "")]
