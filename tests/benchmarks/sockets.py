"""Many open sockets in a process of their own, for benchmarks: so many people with a page open.

Started with an address, the number of the first, how many, and the server's kind: ``chat`` or
``echo``. It prints ``open`` when all are, then ``<number> <when>`` for every frame that comes,
where ``when`` is the machine's monotonic clock, the same in every process. A line with a number
on its standard input has that one send a frame to an echo.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from websockets.asyncio.client import ClientConnection, connect

AT_ONCE = 40
PREFIX = "somebody"


def token(number: int) -> str:
    """What opens somebody's chat."""
    return f"{PREFIX}-{number:05}"


async def main(address: str, first: int, count: int, kind: str) -> None:
    """Open them, say so, and report until standard input ends."""
    numbers = range(first, first + count)
    doors = asyncio.Semaphore(AT_ONCE)
    path = "/chat/live" if kind == "chat" else "/"

    async def open_one(number: int) -> ClientConnection:
        async with doors:
            socket = await connect(
                f"ws://{address}{path}",
                origin=f"http://{address}",  # type: ignore[arg-type]
                compression=None,
                ping_interval=None,
                open_timeout=120,
            )
            if kind == "chat":
                await socket.send(json.dumps({"token": token(number)}))
                await socket.recv()
            return socket

    sockets = dict(
        zip(numbers, await asyncio.gather(*(open_one(number) for number in numbers)), strict=True)
    )
    print("open", flush=True)
    listening = [
        asyncio.create_task(_report(number, socket)) for number, socket in sockets.items()
    ]
    while line := await asyncio.to_thread(sys.stdin.readline):
        await sockets[int(line)].send("x")
    for task in listening:
        task.cancel()


async def _report(number: int, socket: ClientConnection) -> None:
    async for _frame in socket:
        print(number, time.perf_counter(), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
