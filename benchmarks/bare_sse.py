"""The peer: a server that does nothing but pass what it is sent on to all streams. No database, no session, no drawing.

uvicorn benchmarks.bare_sse:application    GET / a page, GET /live/ a stream, POST /act/ its body goes to every stream
"""

from __future__ import annotations

import asyncio
from typing import Any

PAGE = b"""<!doctype html><html><head><meta charset="utf-8"><style>.card { position: absolute; width: 160px; height: 70px;
transform: translate(calc(var(--x) * 1px), calc(var(--y) * 1px)); background: #def; }</style></head>
<body><div id="map"><div class="card" id="card" style="--x:8;--y:8"><span>Card</span></div></div>
<script>new EventSource("/live/").onmessage = (event) => { document.getElementById("card").outerHTML = event.data; };</script>
</body></html>"""

queues: set[asyncio.Queue[bytes]] = set()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    if scope["path"] == "/act/":
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        frame = b"data: " + body + b"\n\n"  # encoded once
        for queue in queues:
            queue.put_nowait(frame)
        await _answer(send, b"{}", b"application/json")
    elif scope["path"] == "/live/":
        await _stream(receive, send)
    else:
        await _answer(send, PAGE, b"text/html")


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
