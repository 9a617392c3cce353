"""How long to wait, and for whom."""

from __future__ import annotations

from bot.telegram.pacing import Backoff, Flood, Pace


class Watch:
    """A watch that a test sets."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


async def waited(times, at_least=0.0):
    seconds = []

    async def note(wait):
        seconds.append(wait)

    backoff = Backoff(Pace(first_wait=1, longest_wait=30, pause=note))
    for _ in range(times):
        await backoff.wait(at_least)
    return seconds


async def test_waits_double_up_to_half_a_minute():
    seconds = await waited(2_000)
    assert all(0.5 * 2**n <= wait <= 2**n for n, wait in enumerate(seconds[:5]))
    assert all(15 <= wait <= 30 for wait in seconds[5:])


async def test_bots_do_not_come_back_in_step():
    assert len({wait for _ in range(5) for wait in await waited(1)}) > 1


async def test_what_telegram_asks_for_is_waited_in_full():
    assert await waited(1, at_least=600) == [600]


async def test_success_makes_waits_short_again():
    seconds = []

    async def note(wait):
        seconds.append(wait)

    backoff = Backoff(Pace(first_wait=1, longest_wait=30, pause=note))
    for _ in range(5):
        await backoff.wait()
    backoff.succeeded()
    await backoff.wait()
    assert seconds[-1] <= 1


def test_one_chat_told_to_wait_again_and_again_is_that_chat_alone():
    flood = Flood(Watch())
    assert [flood.told_to_wait(1, 60) for _ in range(3)] == [False] * 3


def test_two_chats_told_to_wait_at_once_mean_the_whole_bot():
    flood = Flood(Watch())
    assert [flood.told_to_wait(1, 60), flood.told_to_wait(2, 5)] == [False, True]


def test_a_wait_that_is_over_counts_no_more():
    watch = Watch()
    flood = Flood(watch)
    flood.told_to_wait(1, 60)
    watch.seconds = 61
    assert not flood.told_to_wait(2, 60)
