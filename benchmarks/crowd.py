"""People on a map without a browser: they read their streams and, as pages do, say every five seconds that they are there.

python -m benchmarks.crowd URL COUNT [COOKIE]     prints "ready", and for each line on stdin the milliseconds in which what
                                                  was pushed since has reached each of them
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from contextlib import suppress
from urllib.parse import urlsplit

import orjson

#: what marks a pushed fragment on its way: when it was sent, on the clock of this machine
SENT = re.compile(rb"sent-(\d+)-")
JOINED = re.compile(rb"event: live:joined\ndata: ({.*?})\n")


class Crowd:
    def __init__(self, url: str):
        self.at = urlsplit(url)
        self.taken: list[float] = []
        self.beats: list[asyncio.Task[None]] = []  # a task that nobody holds is collected
        self.open = 0

    async def person(self, cookie: str) -> None:
        reader, writer = await asyncio.open_connection(self.at.hostname, self.at.port, limit=2**22)
        query = f"?{self.at.query}" if self.at.query else ""
        writer.write(f"GET {self.at.path}{query} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
        assert b" 200 " in await reader.readline()
        self.open += 1
        page = last = None
        while chunk := await reader.read(65536):
            arrived = time.time() * 1000
            for sent in SENT.findall(chunk):
                if sent != last:  # a fragment may bear it more than once
                    last = sent
                    self.taken.append(arrived - int(sent) / 1000)
            if page is None and (joined := JOINED.search(chunk)):
                page = orjson.loads(joined[1])["page"]
                self.beats.append(asyncio.ensure_future(self.beat(page)))

    async def beat(self, page: str) -> None:
        body = json.dumps({"page": page, "open": "", "field": ""})
        request = f"POST {self.at.path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        while True:
            # A connection that was idle for five seconds the server may have closed, as it would a browser's.
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                reader, writer = await asyncio.open_connection(self.at.hostname, self.at.port)
                while True:
                    await asyncio.sleep(4.5)
                    writer.write(request)
                    await reader.readuntil(b"\r\n\r\n")


async def main() -> None:
    url, count, *cookies = sys.argv[1:]
    crowd = Crowd(url)
    people = []
    for n in range(int(count)):
        people.append(asyncio.ensure_future(crowd.person(cookies[n % len(cookies)] if cookies else "")))
        if n % 50 == 49:
            await asyncio.sleep(0.1)
    while crowd.open < int(count):
        await asyncio.sleep(0.05)
        for person in people:
            if person.done():
                person.result()
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        taken, crowd.taken = crowd.taken, []
        print(json.dumps(taken), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
