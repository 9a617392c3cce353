"""By which way a reminder goes out, what happens when it fails, and how a way is added."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import insert, select, update

from backend import reach
from backend.channels import Channel, TryLater, Undeliverable
from backend.database import Database
from backend.delivery import Sender
from backend.models import Address, Conversation, Journal, Message
from backend.models import Person as PersonRow
from backend.services import letterboxes, reaching
from backend.services.erasure import erase
from backend.services.reaching import PersonReach
from backend.transcript import as_read
from backend.work import Planned, Work
from dialogs.core import say
from dialogs.messages import Urgency
from dialogs.reaching import CodeTooOld, NotAMobile, NotTheCode, TooManyCodes, Way
from dialogs.text import _
from tests.chat import plain
from tests.clock import FrozenClock
from tests.conftest import count
from tests.house import ASSOCIATION, House, Person, RecordingChannel, build
from tests.integration.console_office import translated

NUMBER = "+46701234567"


@pytest.fixture
async def house(database: Database, clock: FrozenClock) -> House:
    return await build(database, clock, translated({}))


@pytest.fixture
def sms(house: House) -> RecordingChannel:
    return _add(house, "sms")


def _add(house: House, name: str) -> RecordingChannel:
    """A channel beside those of the house."""
    channel = RecordingChannel(name)
    cast("dict[str, Channel]", house.door.channels)[name] = channel
    return channel


def sender_of(house: House, channel: RecordingChannel) -> Sender:
    return Sender(house.database, house.clock, house.renderer, house.vault, channel, house.hub)


async def ways_of(house: House, person: Person) -> list[Way]:
    work = Work(house.database, house.clock)
    try:
        port = PersonReach(await person.id(), "en", work, house.vault, house.door.channels)
        return list((await port.mine()).ways)
    finally:
        await work.close()


async def adds(house: House, person: Person, channel: RecordingChannel, typed: str) -> None:
    """Give a number or address and type the code that came there."""
    await person.says("/menu")
    await person.taps("More")
    await person.taps("How I reach you")
    await person.taps("SMS too" if channel.name == "sms" else "e-mail too")
    await person.says(typed)
    await person.says(await code_on(house, channel))


async def code_on(house: House, channel: RecordingChannel) -> str:
    """The code a channel was given last."""
    await sender_of(house, channel).send_due()
    _address, _message, rendered = channel.delivered[-1]
    return "".join(char for char in rendered.brief or "" if char.isdigit())


async def remind(house: House, person: Person, **given: object) -> str:
    """Plan a reminder that is due now; its id."""
    reply = say(_("Remember: you have a meeting."), urgency=Urgency.REMINDER)
    values = {"due": house.clock.now(), "dedupe": f"test:{house.clock.now()}", **given}
    async with Work.begin(house.database, house.clock, "system") as work:
        work.plan(Planned(await person.id(), reply, **values))  # type: ignore[arg-type]
    async with house.database.reading() as session:
        found = await session.scalar(select(Message.id).where(Message.dedupe == values["dedupe"]))
    assert found is not None
    return found


async def released_to(
    house: House, message: str, among: Iterable[str] | None = None
) -> str | None:
    """The channel a planned row would go to."""
    async with house.database.writing() as session:
        row = await session.get_one(Message, message)
        names = None if among is None else tuple(among)
        found = await reach.conversation_for(session, row, names)
        return None if found is None else found[1].channel


async def set_row(house: House, message: str, **values: object) -> None:
    async with house.database.writing() as session:
        await session.execute(update(Message).where(Message.id == message).values(**values))


async def replanned(house: House, message: str) -> Message | None:
    """What is planned instead of a reminder that has failed."""
    async with house.database.writing() as session:
        planned = await reach.replan(session, message, house.clock.now())
    if planned is None:
        return None
    async with house.database.reading() as session:
        return await session.get(Message, planned)


async def fails_on(house: House, message: str, channel: str) -> None:
    """A released reminder has been given up on a channel."""
    async with house.database.writing() as session:
        conversation = await session.scalar(
            select(Conversation.id).join(Address).where(Address.channel == channel)
        )
        values = {"state": "failed", "conversation_id": conversation, "error": "unreachable"}
        await session.execute(update(Message).where(Message.id == message).values(**values))


async def test_a_number_counts_once_its_code_is_typed_back_and_is_nowhere_in_the_transcript(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("/menu")
    await anna.taps("More")
    await anna.taps("How I reach you")
    await anna.taps("Remind me by SMS too")
    await anna.says("070-123 45 67")
    assert [way.channel for way in await ways_of(house, anna)] == ["telegram"]
    code = await code_on(house, sms)
    assert sms.delivered[0][0].id == NUMBER
    await anna.says(code)
    assert "SMS to •••67" in await anna.heard()
    assert [way.channel for way in await ways_of(house, anna)] == ["sms", "telegram"]
    said = [row for row in await anna.messages() if row.direction == "in"]
    kept = "".join(plain(as_read(house.renderer, row).text) for row in said)
    assert "123 45 67" not in kept
    assert code not in kept
    assert await count(house.database, "message", "dedupe LIKE 'code:%'") == 0
    async with house.database.reading() as session:
        address = await session.scalar(select(Address).where(Address.channel == "sms"))
    assert address is not None
    assert NUMBER.encode() not in address.sealed
    assert house.vault.open(address.sealed) == NUMBER


async def test_the_same_number_of_two_people_leaves_no_trace_that_it_is_the_same(
    house: House, sms: RecordingChannel
) -> None:
    for name in ("anna", "bea"):
        person = house.person(name)
        await person.settles()
        await adds(house, person, sms, NUMBER)
    async with house.database.reading() as session:
        found = await session.scalars(select(Address.account).where(Address.channel == "sms"))
        assert len(set(found)) == 2


async def test_a_wrong_code_is_counted_and_after_five_the_right_one_is_too_late(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("/menu")
    await anna.taps("More")
    await anna.taps("How I reach you")
    await anna.taps("SMS too")
    await anna.says(NUMBER)
    right = await code_on(house, sms)
    wrong = f"{(int(right) + 1) % 10_000:04}"
    for _try in range(5):
        await anna.says(wrong)
    assert "does not work any more" in await anna.heard(2)
    async with house.database.reading() as session:
        address = await session.scalar(select(Address.id).where(~Address.confirmed))
    assert address is not None
    async with Work.begin(house.database, house.clock, "person") as work:
        port = PersonReach(await anna.id(), "en", work, house.vault, ("sms",))
        with pytest.raises(CodeTooOld):
            await port.confirm(address, right)


async def test_a_code_works_for_fifteen_minutes_and_for_its_own_person_only(
    house: House, sms: RecordingChannel
) -> None:
    anna, bea = house.person(), house.person("bea")
    await anna.settles()
    await bea.settles()
    async with Work.begin(house.database, house.clock, "person") as work:
        port = PersonReach(await anna.id(), "en", work, house.vault, ("sms",))
        address = await port.add("sms", NUMBER)
    code = await code_on(house, sms)
    async with Work.begin(house.database, house.clock, "person") as work:
        with pytest.raises(CodeTooOld):
            await PersonReach(await bea.id(), "en", work, house.vault, ("sms",)).confirm(
                address, code
            )
    house.clock.forward(minutes=15)
    async with Work.begin(house.database, house.clock, "person") as work:
        port = PersonReach(await anna.id(), "en", work, house.vault, ("sms",))
        with pytest.raises(CodeTooOld):
            await port.confirm(address, code)


async def test_a_code_typed_in_other_digits_is_the_same_code(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    async with Work.begin(house.database, house.clock, "person") as work:
        port = PersonReach(await anna.id(), "en", work, house.vault, ("sms",))
        address = await port.add("sms", NUMBER)
    code = await code_on(house, sms)
    arabic = " ".join(chr(0x660 + int(digit)) for digit in code)
    async with Work.begin(house.database, house.clock, "person") as work:
        port = PersonReach(await anna.id(), "en", work, house.vault, ("sms",))
        with pytest.raises(NotTheCode):
            await port.confirm(address, code[:3])
        await port.confirm(address, arabic)
    assert (await ways_of(house, anna))[0].channel == "sms"


async def test_codes_run_out_for_one_person_and_for_everybody(
    house: House, sms: RecordingChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, bea = house.person(), house.person("bea")
    await anna.settles()
    await bea.settles()

    async def ask(person: Person, number: int) -> None:
        async with Work.begin(house.database, house.clock, "person") as work:
            port = PersonReach(await person.id(), "en", work, house.vault, ("sms",))
            await port.add("sms", f"+4670123456{number}")

    for number in range(5):
        await ask(anna, number)
    with pytest.raises(TooManyCodes):
        await ask(anna, 6)
    monkeypatch.setattr(reaching, "CODES_AN_HOUR", 6)
    await ask(bea, 1)
    with pytest.raises(TooManyCodes):
        await ask(bea, 2)
    house.clock.forward(hours=1, minutes=1)
    await ask(bea, 3)
    house.clock.forward(days=1)
    await ask(anna, 7)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("070 123 45 67", NUMBER),
        ("٠٧٠١٢٣٤٥٦٧", NUMBER),
        ("0046 70 123 45 67", NUMBER),
        ("+380 50 123 4567", "+380501234567"),
    ],
)
def test_a_mobile_number_is_understood_however_it_is_written(typed: str, number: str) -> None:
    assert letterboxes.mobile_number(typed) == number


@pytest.mark.parametrize(
    "typed", ["08-508 25 000", "112", "0900 123 45", "071 234", "070 123 45 67 ext 8", "", "tel"]
)
def test_a_landline_a_short_number_and_a_premium_one_are_none(typed: str) -> None:
    with pytest.raises(NotAMobile):
        letterboxes.mobile_number(typed)


async def test_a_reminder_goes_where_she_wrote_last_and_never_to_a_number_unproven(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    async with Work.begin(house.database, house.clock, "person") as work:
        port = PersonReach(await anna.id(), "en", work, house.vault, ("sms",))
        await port.add("sms", NUMBER)
        await port.put_first("sms")
    message = await remind(house, anna)
    assert await released_to(house, message) == "telegram"


async def test_her_order_holds_for_reminders_and_not_for_answers_or_bulk(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    await adds(house, anna, sms, NUMBER)
    message = await remind(house, anna)
    assert await released_to(house, message) == "sms"
    assert await released_to(house, message, among=("telegram", "web")) == "telegram"
    for priority in (0, 1, 9):
        await set_row(house, message, priority=priority)
        assert await released_to(house, message) == "telegram"
    await anna.says("/menu")
    await anna.taps("More")
    await anna.taps("How I reach you")
    await anna.taps("First: Telegram")
    await set_row(house, message, priority=5)
    assert await released_to(house, message) == "telegram"
    await set_row(house, message, channel="sms")
    assert await released_to(house, message) == "sms"


async def test_a_reminder_by_sms_is_in_the_language_she_speaks_now(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    await adds(house, anna, sms, NUMBER)
    await anna.says("العربية")
    message = await remind(house, anna)
    async with house.database.writing() as session:
        row = await session.get_one(Message, message)
        found = await reach.conversation_for(session, row)
    assert found is not None
    assert found[0].language == "ar"


async def test_nobody_is_reached_by_an_address_that_is_blocked(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    await adds(house, anna, sms, NUMBER)
    house.clock.forward(minutes=1)
    message = await remind(house, anna)
    async with house.database.writing() as session:
        await session.execute(
            update(Address)
            .where(Address.channel == "sms")
            .values(unreachable_at=house.clock.now())
        )
    assert await released_to(house, message) == "telegram"
    async with house.database.writing() as session:
        await session.execute(update(Address).values(unreachable_at=house.clock.now()))
    assert await released_to(house, message) is None
    assert {way.fault for way in await ways_of(house, anna)} == {reaching.BLOCKED}
    house.clock.forward(minutes=1)
    await anna.says("/menu")
    assert await released_to(house, message) == "telegram"


async def test_a_failed_reminder_takes_each_of_her_other_ways_once(
    house: House, sms: RecordingChannel
) -> None:
    _add(house, "mail")
    anna = house.person()
    await anna.settles()
    await adds(house, anna, cast("RecordingChannel", house.door.channels["mail"]), "a@example.se")
    await adds(house, anna, sms, NUMBER)
    message = await remind(house, anna, expires=house.clock.now() + timedelta(hours=2))
    await fails_on(house, message, "sms")
    second = await replanned(house, message)
    assert second is not None
    assert (second.channel, second.state, second.due_at) == (
        "mail",
        "planned",
        house.clock.now(),
    )
    async with house.database.reading() as session:
        first = await session.get_one(Message, message)
    assert second.dedupe == f"{first.dedupe}|mail"
    assert (second.body, second.expires_at) == (first.body, first.expires_at)
    assert await released_to(house, second.id) == "mail"
    await fails_on(house, second.id, "mail")
    third = await replanned(house, second.id)
    assert third is not None
    assert third.channel == "telegram"
    await fails_on(house, third.id, "telegram")
    assert await replanned(house, third.id) is None
    assert await replanned(house, message) is None


async def test_a_reminder_whose_number_is_refused_arrives_in_her_chat_a_moment_later(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    await adds(house, anna, sms, NUMBER)
    await house.sender.send_due()
    house.push.delivered.clear()
    sms.faults = [Undeliverable("number refused")]
    message = await remind(house, anna)
    await house.releaser.release_due()
    await sender_of(house, sms).send_due()
    assert (await ways_of(house, anna))[0].fault == "number refused"
    await house.releaser.release_due()
    await house.sender.send_due()
    ((_address, delivered, rendered),) = house.push.delivered
    assert delivered != message
    assert "Remember: you have a meeting." in plain(rendered.text)


async def test_nobody_is_woken_by_the_next_way_of_a_reminder_unless_it_was_for_the_night(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    await adds(house, anna, sms, NUMBER)
    evening = await remind(house, anna, dedupe="evening")
    house.clock.forward(hours=14)
    night = await remind(house, anna, dedupe="night")
    for message in (evening, night):
        await fails_on(house, message, "telegram")
    later, at_once = await replanned(house, evening), await replanned(house, night)
    assert later is not None
    assert at_once is not None
    assert later.due_at == house.clock.now() + timedelta(hours=10)  # eight in the morning
    assert at_once.due_at == house.clock.now()


async def test_what_has_expired_or_is_void_or_is_an_answer_is_not_planned_again(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    await adds(house, anna, sms, NUMBER)
    message = await remind(house, anna, expires=house.clock.now() + timedelta(hours=1))
    await fails_on(house, message, "telegram")
    await set_row(house, message, state="void")
    assert await replanned(house, message) is None
    await set_row(house, message, state="failed", priority=1)
    assert await replanned(house, message) is None
    await set_row(house, message, priority=5)
    house.clock.forward(hours=1)
    assert await replanned(house, message) is None
    assert await replanned(house, "no such row") is None


async def test_a_reminder_of_a_meeting_that_has_changed_since_is_not_planned_again(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    await adds(house, anna, sms, NUMBER)
    booking = await anna.books("11:00")
    (meeting,) = await anna.meetings()
    about = {"about": f"booking:{booking}", "about_version": meeting.version}
    stale = await remind(house, anna, dedupe="a", **{**about, "about_version": -1})
    fresh = await remind(house, anna, dedupe="b", **about)
    for message in (stale, fresh):
        await fails_on(house, message, "telegram")
    assert await replanned(house, stale) is None
    again = await replanned(house, fresh)
    assert again is not None
    assert (again.about, again.about_version) == (about["about"], meeting.version)


async def test_a_days_reminder_is_not_planned_again_when_the_day_has_changed(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    await adds(house, anna, sms, NUMBER)
    booking = await anna.books("11:00")
    message = await remind(house, anna, about=f"day:{await anna.id()}:2026-11-23")
    await fails_on(house, message, "telegram")
    house.clock.forward(minutes=5)
    async with house.database.writing() as session:
        await session.execute(
            insert(Journal).values(
                at=house.clock.now(),
                actor="person",
                entity="booking",
                entity_id=booking,
                action="cancelled",
                data={},
            )
        )
    assert await replanned(house, message) is None


async def test_a_plan_that_was_void_comes_alive_again(house: House, sms: RecordingChannel) -> None:
    anna = house.person()
    await anna.settles()
    await adds(house, anna, sms, NUMBER)
    message = await remind(house, anna)
    await fails_on(house, message, "telegram")
    first = await replanned(house, message)
    assert first is not None
    await set_row(house, first.id, state="void")
    second = await replanned(house, message)
    assert second is not None
    assert (second.id, second.state) == (first.id, "planned")


async def test_a_number_taken_away_is_gone_at_once_and_what_waited_there_goes_another_way(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    await adds(house, anna, sms, NUMBER)
    message = await remind(house, anna)
    assert await house.releaser.release_due() == 1
    async with house.database.writing() as session:
        conversation = await session.scalar(
            select(Conversation.id).join(Address).where(Address.channel == "sms")
        )
        await session.execute(
            update(Message)
            .where(Message.id == message)
            .values(conversation_id=conversation, seq=99, state="due")
        )
    await anna.says("/menu")
    await anna.taps("More")
    await anna.taps("How I reach you")
    await anna.taps("Delete: SMS")
    assert await count(house.database, "address", "channel = 'sms'") == 0
    assert (
        await count(house.database, "message", "state = 'planned' AND channel = 'telegram'") == 1
    )
    assert await count(house.database, "message", f"id = '{message}'") == 0


async def test_a_new_number_takes_the_place_of_the_old_one(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    await adds(house, anna, sms, NUMBER)
    await anna.taps("Another mobile number")
    await anna.says(NUMBER)
    assert "I have this one already." in await anna.heard(2)
    await anna.taps("Another mobile number")
    await anna.says("+46701234599")
    assert (await ways_of(house, anna))[0].hint == "•••67"  # until the new one is proven
    await anna.says(await code_on(house, sms))
    assert (await ways_of(house, anna))[0].hint == "•••99"
    assert await count(house.database, "address", "channel = 'sms'") == 1


async def test_a_number_whose_code_never_came_back_is_forgotten_after_a_day(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    async with Work.begin(house.database, house.clock, "person") as work:
        port = PersonReach(await anna.id(), "en", work, house.vault, ("sms",))
        await port.add("sms", NUMBER)
    for hours, left in ((23, 1), (2, 0)):
        house.clock.forward(hours=hours)
        async with house.database.writing() as session:
            await letterboxes.forget_unproven(session, house.clock.now())
        assert await count(house.database, "address", "channel = 'sms'") == left


@pytest.mark.parametrize("at_once", [True, False])
async def test_erasing_deletes_numbers_at_once_whatever_may_be_kept(
    house: House, sms: RecordingChannel, *, at_once: bool
) -> None:
    anna = house.person()
    await anna.settles()
    await adds(house, anna, sms, NUMBER)
    policy = ASSOCIATION if at_once else type(ASSOCIATION)(90, may_delete_messages=False)
    async with Work.begin(house.database, house.clock, "person") as work:
        await erase(work, await house.bookings(work), await anna.id(), None, policy)
    assert await count(house.database, "address", "channel = 'sms'") == 0
    async with house.database.reading() as session:
        assert not any((await session.scalars(select(PersonRow.reach))).all())


async def test_what_she_was_sent_there_is_never_taken_for_where_she_wrote_last(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    await adds(house, anna, sms, NUMBER)
    async with house.database.reading() as session:
        latest = await session.scalars(
            select(Address.channel)
            .join(Conversation, Conversation.address_id == Address.id)
            .order_by(Conversation.seen_at.desc())
        )
        assert latest.all() == ["telegram", "sms"]


async def test_a_code_that_cannot_be_sent_in_time_is_not_sent_late(
    house: House, sms: RecordingChannel
) -> None:
    anna = house.person()
    await anna.settles()
    async with Work.begin(house.database, house.clock, "person") as work:
        port = PersonReach(await anna.id(), "en", work, house.vault, ("sms",))
        await port.add("sms", NUMBER)
    sms.faults = [TryLater("down", timedelta(minutes=20))]
    await sender_of(house, sms).send_due()
    house.clock.forward(minutes=21)
    await sender_of(house, sms).send_due()
    assert sms.delivered == []
