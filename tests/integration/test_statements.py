"""A turn is at most twelve SQL statements, accepting included."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event as sql_event

from dialogs.messages import Said
from tests.house import House

MOST = 12


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    """Every statement while the block runs, but for the beginning of transactions."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    engines = {house.database.writer.sync_engine, house.database.reader.sync_engine}
    for engine in engines:
        sql_event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        for engine in engines:
            sql_event.remove(engine, "before_cursor_execute", note)


async def test_no_turn_of_the_main_job_takes_more_than_twelve_statements(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.books("11:00")  # the catalogue is in memory from now on
    await anna.taps("I can't come")
    await anna.taps("Yes, cancel it")
    most: dict[str, int] = {}

    for step in (
        "what is personnummer",
        "/menu",
        "[Book a coach]",
        "[09:00]",
        "[Yes, book it]",
        "[More about this meeting]",
        "[I can't come]",
        "[Yes, cancel it]",
    ):
        event = await anna.find(step.strip("[]")) if step.startswith("[") else Said(step)
        with counted(house) as statements:
            await anna.sends(event)
        most[step] = len(statements)
    assert max(most.values()) <= MOST, most
