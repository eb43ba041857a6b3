"""Moving a card, request to committed answer, against the bare transaction. Limits: 8x, and 1.3x from 50 to 1,000 cards."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from benchmarks.stage import found_workspace, median_ms, medians_ms, report, touchline

ROUNDS = 200


def main() -> None:
    with touchline():
        import psycopg
        from django.conf import settings
        from django.test import Client
        from django.utils import timezone

        from accounts.ids import new_id
        from journeys.importing import import_sheet
        from journeys.models import Touchpoint
        from journeys.sheets import read_sheet

        owner, segment = found_workspace()
        client = Client(headers={"host": "localhost"})
        client.force_login(owner.user)

        def map_of(size: int) -> tuple[str, Touchpoint]:
            lines = [f"Stage {n % 12},Role {n % 10},Card {n}" for n in range(size)]
            sheet = read_sheet(("stage,lane,title\n" + "\n".join(lines)).encode())
            journey, _, _ = import_sheet(sheet, segment, f"Map {size}", name="m", by=owner, at=timezone.now())
            return f"/w/{segment.workspace.slug}/journeys/{journey.pk}/", Touchpoint.objects.filter(journey=journey).first()

        def mover(size: int):
            base, card = map_of(size)
            values = {"stage": str(card.stage_id), "lane": str(card.lane_id)}

            def move(n: int) -> None:
                body = urlencode(values | {"slot": 100 + n})  # as the page sends it
                answer = client.post(
                    f"{base}touchpoints/{card.pk}/move/",
                    body,
                    "application/x-www-form-urlencoded",
                    headers={"Act-Id": str(new_id()), "Act-By": str(owner.pk)},
                )
                assert answer.status_code == 200, answer.content

            return move, card

        move_50, card = mover(50)
        move_1000, _ = mover(1000)
        dsn = settings.DATABASES["default"]
        host = dsn["OPTIONS"].get("host") or dsn["HOST"]
        with psycopg.connect(host=host, user=dsn["USER"], dbname=dsn["NAME"]) as bare:
            patch = json.dumps([{"kind": "touchpoint", "id": str(card.pk), "before": {"slot": 1}, "after": {"slot": 2}}])
            bare.execute("CREATE TABLE peer_log (LIKE journeys_change INCLUDING ALL)")
            bare.commit()

            def transaction(n: int) -> None:
                bare.execute("SELECT * FROM journeys_journey WHERE id = %s FOR UPDATE", [card.journey_id])
                bare.execute("UPDATE journeys_touchpoint SET slot = %s WHERE id = %s", [n, card.pk])
                bare.execute(
                    "INSERT INTO peer_log (id, journey_id, revision, kind, label, patches, by_id, at, standing)"
                    " VALUES (%s, %s, %s, 'act', 'moved', %s, %s, now(), 'done')",
                    [n + 10_000_000, card.journey_id, n + 10_000_000, patch, owner.pk],
                )
                bare.commit()

            median_ms(transaction, 20)
            median_ms(move_50, 20)
            # In turns, so that a disk or a neighbour that is slow for a while is slow for all three.
            small, large, peer = medians_ms([move_50, move_1000, lambda n: transaction(n + 100)], ROUNDS)
            # And one after the other, which is kinder to the bare transaction: nothing else touches its caches.
            alone, peer_alone = median_ms(move_50, ROUNDS), median_ms(lambda n: transaction(n + 1_000), ROUNDS)
    print(f"bare {peer:.2f} ms, act on 50 cards {small:.2f} ms, on 1,000 cards {large:.2f} ms")
    report("act / bare transaction, in turns", small / peer, 8)
    report(f"act / bare transaction, one after the other ({alone:.2f} / {peer_alone:.2f} ms)", alone / peer_alone, 8)
    report("1,000 cards / 50 cards", large / small, 1.3)


if __name__ == "__main__":
    main()
