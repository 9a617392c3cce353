"""How she is reminded: in which order, and by which number or mail address of hers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dialogs import places
from dialogs.core import (
    Dialog,
    Effect,
    Elsewhere,
    GoTo,
    Outcome,
    Turn,
    after,
    ask,
    end,
    go,
    goto,
    say,
    to,
    typed,
)
from dialogs.messages import Button, Lines
from dialogs.reaching import (
    AlreadyThere,
    CodeTooOld,
    Kind,
    Means,
    NotAMailAddress,
    NotAMobile,
    NotTheCode,
    TooManyCodes,
    Way,
)
from dialogs.text import Text, _, n_

reach = Dialog("reach")

FEW_DIGITS = 4


@reach.step
async def overview(turn: Turn) -> Outcome:
    """Her ways in order, and what can be changed."""
    means = await turn.ports.reach.mine()
    return ask(
        _("This is how I reach you with reminders."),
        Lines(tuple(_in_order(means))),
        *([_("When one does not work, I try the next.")] if len(means.ways) > 1 else []),
        _(
            "I use a number or a mail address for reminders only. Remember: other people may see "
            "your telephone."
        ),
        *_changes(means, turn.ports.reach.may_add),
    )


def _in_order(means: Means) -> Iterator[Text]:
    for place, way in enumerate(means.ways):
        shown = _shown(way)
        yield _("Then: {way}", way=shown) if place else _("First: {way}", way=shown)


def _changes(means: Means, may_add: Sequence[Kind]) -> Iterator[Button]:
    for way in means.ways[1:]:
        yield go(_("First: {way}", way=_name(way)), put_first, way.channel)
    if "sms" in may_add:
        has = means.has("sms")
        yield go(_("Another mobile number") if has else _("Remind me by SMS too"), number)
    if "mail" in may_add:
        has = means.has("mail")
        yield go(_("Another mail address") if has else _("Remind me by e-mail too"), mail)
    for way in means.ways:
        if way.address:
            yield go(_("Delete: {way}", way=_name(way)), remove, way.address)


@reach.action
async def put_first(turn: Turn, channel: str) -> Effect:
    """Try one way before the others."""
    await turn.ports.reach.put_first(channel)
    return goto(overview)


@reach.action
async def remove(turn: Turn, address: str) -> Effect:
    """Delete a number or address."""
    await turn.ports.reach.remove(address)
    return after(say(_("It is deleted.")), goto(overview))


@reach.step
async def number(turn: Turn) -> Outcome:
    """Ask for a mobile number, and say what it is for."""
    _expect(turn, "sms")
    return ask(
        _("Which mobile number? Write it here."),
        _("I send reminders there, and nothing else. I send a code first."),
        _("Other people may see your telephone. A reminder only says when and where."),
        listen=typed(take_number),
    )


@reach.action
async def take_number(turn: Turn, text: str) -> Effect:
    """Send a code to the number; it never enters the transcript."""
    try:
        return await _send_code(turn, "sms", text)
    except NotAMobile:
        wrong = say(
            _(
                "That is not a mobile number. Write it with the code of the country, "
                "like +46 70 123 45 67."
            )
        )
        return after(wrong, GoTo(number.at(), conceal=_digits(text) >= FEW_DIGITS))


@reach.step
async def mail(turn: Turn) -> Outcome:
    """Ask for a mail address, and say what it is for."""
    _expect(turn, "mail")
    return ask(
        _("Which mail address? Write it here."),
        _("I send reminders there, and nothing else. I send a code first."),
        listen=typed(take_mail),
    )


@reach.action
async def take_mail(turn: Turn, text: str) -> Effect:
    """Send a code to the address; it never enters the transcript."""
    try:
        return await _send_code(turn, "mail", text)
    except NotAMailAddress:
        wrong = say(_("That is not a mail address. Write it like name@example.com."))
        return after(wrong, GoTo(mail.at(), conceal="@" in text))


@reach.step
async def code(turn: Turn, address: str, kind: Kind) -> Outcome:
    """Wait for the code that was sent."""
    return ask(
        _("I have sent you a code with four digits. Write it here."),
        _("It can take a few minutes. It works for 15 minutes."),
        go(_("No code has come"), number if kind == "sms" else mail),
        to(_("How I reach you"), places.REACH),
        listen=typed(take_code, address, kind),
    )


@reach.action
async def take_code(turn: Turn, text: str, address: str, kind: Kind) -> Effect:
    """The way counts once its code is right."""
    if not _digits(text):
        return GoTo(places.answer_to(text))
    try:
        await turn.ports.reach.confirm(address, text)
    except NotTheCode as wrong:
        again = n_(
            "That is not the code I sent. You can try one more time.",
            "That is not the code I sent. You can try {n:number} more times.",
            n=wrong.left,
        )
        return after(say(again), GoTo(code.at(address, kind), conceal=True))
    except CodeTooOld:
        over = say(_("That code does not work any more. You can have a new one."))
        return after(over, GoTo((number if kind == "sms" else mail).at(), conceal=True))
    done = say(_("Good. Your reminders come there first from now on."))
    return after(done, GoTo(overview.at(), conceal=True))


async def _send_code(turn: Turn, kind: Kind, text: str) -> Effect:
    """Raises NotAMobile or NotAMailAddress."""
    _expect(turn, kind)
    try:
        address = await turn.ports.reach.add(kind, text)
    except AlreadyThere:
        known = say(_("I have this one already."))
        return after(known, GoTo(overview.at(), conceal=True))
    except TooManyCodes:
        return GoTo(too_many.at(), conceal=True)
    return GoTo(code.at(address, kind), conceal=True)


@reach.step
async def too_many(turn: Turn) -> Outcome:
    """No more codes today."""
    return end(
        _("I cannot send more codes now. Try again tomorrow."),
        to(_("How I reach you"), places.REACH),
    )


def _expect(turn: Turn, kind: Kind) -> None:
    """A button may be older than the settings: what cannot be sent by is not asked for."""
    if kind not in turn.ports.reach.may_add:
        raise Elsewhere(goto(overview))


def _shown(way: Way) -> Text:
    """A way, and whether it works."""
    if way.works:
        return _name(way)
    return _("{way} (what I sent there last did not arrive)", way=_name(way))


def _name(way: Way) -> Text:
    match way.channel:
        case "sms":
            return _("SMS to {number}", number=way.hint)
        case "mail":
            return _("e-mail to {address}", address=way.hint)
        case "web":
            return _("the chat on the web")
        case _:
            return _("{name}", name=way.channel.partition(":")[0].capitalize())


def _digits(text: str) -> int:
    return sum(char.isdecimal() for char in text)
