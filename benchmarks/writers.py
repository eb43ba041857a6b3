"""Ten people who edit one map as fast as they are answered, in a process of their own so that they cost little.

    python -m benchmarks.writers <file> <seconds> <cookie> <url>...   each url is a card's edit/, each next writer takes the next

Prints JSON when the time is over: how many acts were acknowledged within it. `file` gets a line for each at once: its id, what it
asked for, what it was answered. An act that is not answered is sent again with its id, until ten seconds after the end at most.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TOKEN = "w" * 32
#: so that no title is the one which the card has already: that would change nothing, and leave nothing in the log
RUN = time.time_ns()


async def write(n: int, url: str, cookie: str, until: float, acknowledged: Any) -> int:
    address, line, count = urlsplit(url), None, 0
    while time.monotonic() < until:
        body = f"title=Writer+{n}+{count}+{RUN}"
        id = uuid.uuid4()
        request = (
            f"POST {address.path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}; csrftoken={TOKEN}\r\nX-CSRFToken: {TOKEN}\r\n"
            f"Act-Id: {id}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()
        while time.monotonic() < until + 10:
            try:
                if line is None:
                    line = await asyncio.open_connection("127.0.0.1", address.port)
                line[1].write(request)
                status, said = await answer(line[0])
            except (OSError, asyncio.IncompleteReadError):
                line = None
                await asyncio.sleep(0.1)
                continue
            if status == 200:
                acknowledged.write(f"{id} {body} {said}\n")
                count += time.monotonic() < until
                break
            assert status >= 500, f"{status} for {url}"
            await asyncio.sleep(0.1)
    return count


async def answer(reader: asyncio.StreamReader) -> tuple[int, str]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    said = await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n")[0]))
    return int(head.split()[1]), said.decode()


async def main() -> None:
    file, seconds, cookies, *urls = sys.argv[1:]
    until = time.monotonic() + float(seconds)
    with Path(file).open("a", buffering=1) as acknowledged:  # noqa: ASYNC230  (a line at a time, to the page cache)
        each = enumerate(zip(urls, cookies.split(","), strict=True))
        counts = await asyncio.gather(*[write(n, url, cookie, until, acknowledged) for n, (url, cookie) in each])
    print(json.dumps(sum(counts)))


asyncio.run(main())
