"""The peer: a server that does nothing but pass what it is sent on to all streams. No database, no session, no drawing.

uvicorn benchmarks.bare_sse:application    PUT / a page, GET / the page, GET /live/ a stream, POST /act/ what every stream gets
"""

from __future__ import annotations

import asyncio
from typing import Any

#: what a page of the peer does with a fragment: puts each of its elements in the place of the one that bears its id
SCRIPT = b"""<script>
const read = document.createElement("template");
new EventSource("/live/").onmessage = ({ data }) => {
  read.innerHTML = data;
  for (const part of read.content.querySelectorAll("hx-partial"))
    document.querySelector(part.getAttribute("hx-target")).replaceWith(...part.childNodes);
};</script>"""

page = b"<!doctype html><title>Nothing yet</title>"
queues: set[asyncio.Queue[bytes]] = set()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    global page
    if scope["path"] == "/act/":
        frame = b"data: " + await _read(receive) + b"\n\n"  # encoded once
        for queue in queues:
            queue.put_nowait(frame)
        await _answer(send, b"{}", b"application/json")
    elif scope["path"] == "/live/":
        await _stream(receive, send)
    elif scope["method"] == "PUT":
        page = await _read(receive)
        await _answer(send, b"{}", b"application/json")
    else:
        await _answer(send, page + SCRIPT, b"text/html; charset=utf-8")


async def _read(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _stream(receive: Any, send: Any) -> None:
    queue: asyncio.Queue[bytes] = asyncio.Queue(64)
    queues.add(queue)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})

    async def pump() -> None:
        while True:
            await send({"type": "http.response.body", "body": await queue.get(), "more_body": True})

    task = asyncio.ensure_future(pump())
    while (await receive())["type"] != "http.disconnect":
        pass
    task.cancel()
    queues.discard(queue)


async def _answer(send: Any, body: bytes, kind: bytes) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    await send({"type": "http.response.body", "body": body})
