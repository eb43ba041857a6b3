"""Twenty pages of five people on two web processes, a thousand acts on bad lines: simulation.py also does it fifty times."""

from __future__ import annotations

import pytest

from tests.live_editing.cast import map_with_cards, people, setting
from tests.live_editing.simulation import simulate, tally
from tests.live_editing.verdict import judge
from tests.serving import wait_until_idle

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]


def test_a_thousand_acts_on_bad_lines_leave_all_pages_alike_and_each_answered_act_in_the_log_once(web, other_web, workspace):
    owner, *others = people(workspace, ("Edda", "Emil", "Enno", "Elsa"))
    journey = map_with_cards(owner)
    logs = [(one, one.log.stat().st_size) for one in (web, other_web)]
    clients = simulate([web.url, other_web.url], **setting(owner, others, journey), seed=4, acts=1000)
    try:
        print(judge(journey, clients), tally(clients), sep="\n")
    finally:
        for client in clients:
            client.page.drop()
        wait_until_idle()
    for one, before in logs:
        assert "ERROR" not in one.log.read_text()[before:]
