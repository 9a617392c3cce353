"""The least a server of sockets can do: says back what it hears. Prints its port."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


async def main() -> None:
    """Serve until killed."""

    async def echo(socket: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            async for words in socket:
                await socket.send(words)

    async with serve(echo, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main())
