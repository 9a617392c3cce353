"""Releasing and sending: in order, once, on time, and never what was called off."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import undefer

from backend import transcript
from backend.channels import Limits, TryLater, Undeliverable, Unreachable
from backend.delivery import LEASE, Sender
from backend.models import Conversation, Message
from backend.services.erasure import erase
from backend.work import Work
from dialogs.messages import Button, Inbound, Said
from dialogs.stored import load_reply
from tests.chat import plain
from tests.conftest import count
from tests.house import ASSOCIATION, House


def texts(house: House) -> list[str]:
    """What has been delivered, without isolates."""
    return [plain(rendered.text) for _address, _message, rendered in house.push.delivered]


async def test_replies_are_delivered_in_order_and_marked_with_the_channels_id(
    house: House,
) -> None:
    anna = house.person()
    await anna.settles()
    await house.sender.send_due()
    sent = [row for row in await anna.messages() if row.direction == "out"]
    assert [message for _address, message, _rendered in house.push.delivered] == [
        row.id for row in sent
    ]
    assert {row.state for row in sent} == {"sent"}
    assert sent[0].reference == "r1"


async def test_the_reminder_comes_the_evening_before_in_her_language_with_its_buttons(
    house: House,
) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("/book")
    await anna.taps("More days")
    await anna.taps("Wed 25/11")
    await anna.taps("09:00")
    await anna.taps("Yes, book it")
    await anna.says("العربية")
    await house.sender.send_due()
    house.push.delivered.clear()
    house.clock.forward(days=1, hours=8, minutes=59)
    assert await house.releaser.release_due() == 0
    house.clock.forward(minutes=1)
    assert await house.releaser.release_due() == 1
    await house.sender.send_due()
    ((_address, _message, rendered),) = house.push.delivered
    assert rendered.language == "ar"
    assert [plain(button.label) for button in rendered.buttons] == [
        plain(house.renderer.label(label, "ar"))
        for label in [button.label for button in await _buttons(house)]
    ]
    await anna.taps("I can't come")
    await anna.taps("Yes, cancel it")
    assert await count(house.database, "message", "state = 'planned'") == 0


async def _buttons(house: House) -> list[Button]:

    async with house.database.reading() as session:
        row = await session.scalar(
            select(Message).where(Message.dedupe.is_not(None), Message.seq.is_not(None))
        )
    assert row is not None
    return list(load_reply(row.body).buttons)


async def test_a_late_reminder_is_dropped_not_sent_after_the_meeting(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.books("11:00")
    house.clock.forward(days=2)
    await house.releaser.release_due()
    assert await count(house.database, "message", "state = 'failed' AND error = 'expired'") == 1


async def test_a_cancellation_while_the_reminder_is_being_sent_stops_it(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.books("11:00")
    await house.sender.send_due()
    house.clock.forward(hours=1, minutes=1)
    await house.releaser.release_due()
    leased = await house.sender._lease()
    await anna.taps("I can't come")
    await anna.taps("Yes, cancel it")
    house.push.delivered.clear()
    for parcel in leased:
        await house.sender._send(parcel)
    assert not any("two hours" in each for each in texts(house))
    assert await count(house.database, "message", "state = 'void'") == 1


async def test_a_failed_send_is_tried_again_later_and_holds_up_what_comes_after(
    house: House,
) -> None:
    anna = house.person()
    await anna.settles()
    house.push.faults = [TryLater("busy")]
    await house.sender.send_due()
    assert texts(house) == []
    house.clock.forward(seconds=1)
    await house.sender.send_due()
    assert texts(house) == []
    house.clock.forward(seconds=3)
    await house.sender.send_due()
    assert len(texts(house)) == len([r for r in await anna.messages() if r.direction == "out"])


async def test_what_waits_behind_a_failed_send_does_not_keep_the_worker_awake(
    house: House,
) -> None:
    anna = house.person()
    await anna.settles()
    assert await house.sender.next_due() == house.clock.now()
    house.push.faults = [TryLater("busy")]
    await house.sender.send_due()
    await anna.says("/menu")
    waits = await house.sender.next_due()
    assert waits is not None
    assert waits > house.clock.now()
    house.clock.at = waits
    await house.sender.send_due()
    assert await house.sender.next_due() is None


async def test_what_a_dead_sender_has_leased_is_looked_at_when_its_lease_ends(
    house: House,
) -> None:
    anna = house.person()
    await anna.settles()
    await house.sender._lease()
    assert await house.sender.next_due() == house.clock.now() + LEASE


async def test_the_channels_own_waiting_time_is_obeyed_and_closes_it_for_everyone(
    house: House,
) -> None:
    anna, bea = house.person("anna"), house.person("bea")
    await anna.settles()
    house.push.faults = [TryLater("flood", timedelta(seconds=30), everyone=True)]
    await house.sender.send_due()
    await bea.settles()
    house.clock.forward(seconds=29)
    await house.sender.send_due()
    assert texts(house) == []
    house.clock.forward(seconds=2)
    await house.sender.send_due()
    assert len(texts(house)) == 6


async def test_someone_who_blocked_us_is_unreachable_until_she_writes_again(house: House) -> None:
    anna = house.person()
    await anna.settles()
    booking = await anna.books("11:00")
    assert booking
    house.push.faults = [Unreachable("blocked")]
    house.clock.forward(seconds=1)
    await house.sender.send_due()
    house.clock.forward(hours=1)
    await house.releaser.release_due()
    assert await count(house.database, "message", "error = 'no_address'") == 1


async def test_what_can_never_be_delivered_is_a_dead_letter_and_the_next_goes_on(
    house: House,
) -> None:
    anna = house.person()
    await anna.settles()
    house.push.faults = [Undeliverable("bad_request")]
    await house.sender.send_due()
    assert await count(house.database, "message", "state = 'failed'") == 1
    assert len(texts(house)) == 2


async def test_the_bucket_lets_no_more_through_than_the_channel_allows(house: House) -> None:
    house.push.limits = Limits(per_second=1.0, burst=2)
    anna = house.person()
    await anna.settles()
    await house.sender.send_due()
    assert len(texts(house)) == 2
    house.clock.forward(seconds=1)
    await house.sender.send_due()
    assert len(texts(house)) == 3


async def test_a_message_whose_sender_died_is_taken_over_and_the_late_one_is_fenced(
    house: House,
) -> None:
    anna = house.person()
    await anna.settles()
    (dead,) = await house.sender._lease()
    house.clock.forward(minutes=2)
    await house.sender.send_due()
    before = len(texts(house))
    await house.sender._send(dead)
    assert len(texts(house)) == before == 3


async def test_two_senders_never_send_the_same_message(house: House) -> None:
    people = [house.person(f"p{number}") for number in range(6)]
    for person in people:
        await person.settles()
    other = Sender(house.database, house.clock, house.renderer, house.vault, house.push, house.hub)
    await asyncio.gather(house.sender.send_due(), other.send_due(), house.sender.send_due())
    await house.sender.send_due()
    ids = [message for _address, message, _rendered in house.push.delivered]
    assert len(ids) == len(set(ids)) == 18


async def test_a_conversation_that_must_wait_does_not_starve_the_others(house: House) -> None:
    people = [house.person(f"p{number:02}") for number in range(14)]
    for person in people:
        await person.settles()
    house.push.faults = [TryLater("slow", timedelta(minutes=5)) for _person in range(10)]
    await house.sender.send_due()
    assert len({address.id for address, _message, _rendered in house.push.delivered}) == 4


async def test_eight_writers_and_a_reader_by_cursor_miss_nothing(house: House) -> None:
    anna = house.person()
    await anna.settles()
    conversation = await anna.conversation()
    assert conversation is not None
    seen: dict[str, int] = {}
    cursor = 0
    done = asyncio.Event()

    async def write(number: int) -> None:
        said = Said(f"word {number}")
        await house.door.accept(Inbound(anna.address, f"w{number}", house.clock.now(), said))
        await house.door.receive(anna.address)

    async def read() -> None:
        nonlocal cursor
        while True:
            finished = done.is_set()
            async with house.database.reading() as session:
                rows = await transcript.messages_after(session, conversation.id, cursor)
            for row in rows:
                seen[row.id] = row.changed or 0
            cursor = transcript.last_of(rows, cursor)
            if finished and not rows:
                return
            await asyncio.sleep(0)

    reader = asyncio.create_task(read())
    await asyncio.gather(*(write(number) for number in range(24)), house.sender.send_due())
    done.set()
    await reader
    assert set(seen) == {row.id for row in await anna.messages()}


async def test_old_words_are_shown_as_they_were_sent(house: House) -> None:
    anna = house.person()
    await anna.settles()
    row = (await anna.messages())[-1]
    body = dict(row.body)
    body["parts"] = [{"t": "A text from last year that is gone", "values": {}, "plural": None}]
    async with house.database.writing() as session:
        await session.execute(
            update(Message).where(Message.id == row.id).values(body=body, sent_text="As it was")
        )
    assert await anna.heard() == "As it was"


async def test_no_message_text_reaches_the_log(house: House, capsys) -> None:
    anna = house.person()
    await anna.settles()
    house.push.faults = [ValueError("CANARY-ERROR")]
    await anna.says("CANARY-7f3a")
    await house.sender.send_due()
    logged = "".join(capsys.readouterr())
    assert "CANARY-7f3a" not in logged
    assert "anna" not in logged
    async with house.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM message")) > 0
        assert await session.scalar(select(Conversation.id))


async def test_a_conversation_that_goes_wrong_does_not_disturb_the_others(house: House) -> None:
    anna, bea = house.person(), house.person("bea")
    for person in (anna, bea):
        await person.settles()
    erased = await bea.id()
    calls = []
    real = house.push.deliver

    async def deliver(address, message, rendered):
        calls.append(address.id)
        if address.id == "bea" and calls.count("bea") == 1:
            async with Work.begin(house.database, house.clock, "system") as work:
                await erase(work, await house.bookings(work), erased, None, ASSOCIATION)
        return await real(address, message, rendered)

    house.push.deliver = deliver  # type: ignore[method-assign]
    await house.sender.send_due()
    house.clock.forward(minutes=2)
    await house.sender.send_due()
    out = [row for row in await anna.messages() if row.direction == "out"]
    assert calls.count("anna") == len(out)
    assert {row.state for row in out} == {"sent"}


async def test_a_planned_message_nobody_can_read_does_not_hold_up_the_others(
    house: House,
) -> None:
    anna = house.person()
    await anna.settles()
    await anna.books("11:00")
    async with house.database.writing() as session:
        planned = select(Message).where(Message.state == "planned").options(undefer(Message.file))
        (row,) = await session.scalars(planned.limit(1))
        values = {column.name: getattr(row, column.name) for column in Message.__table__.columns}
        first = house.clock.now()
        values |= {"id": "broken", "dedupe": "b", "body": {"v": 99}, "due_at": first}
        await session.execute(insert(Message).values(values))
    house.clock.forward(hours=1, minutes=1)
    await house.releaser.release_due()
    assert await count(house.database, "message", "state = 'planned'") == 0
    assert await count(house.database, "message", "error = 'unreadable'") == 1
    assert "You have a meeting today." in await anna.heard()


async def test_an_idle_sender_writes_nothing(house: House) -> None:
    await house.sender.send_due()
    assert await count(house.database, "bucket") == 0
