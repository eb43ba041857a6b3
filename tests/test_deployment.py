"""No Docker engine runs in CI: what can be said of the compose file without one is said here."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
import yaml

from config.celery import app
from config.embedded import ROOT
from tests.serving import database_url

HOST = "deployment"

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_every_part_of_the_house_is_there_with_a_health_check():
    services = COMPOSE["services"]
    assert set(services) == {"postgres", "redis", "migrate", "web", "worker", "webhooks", "beat", "proxy"}
    for name, service in services.items():
        assert ("healthcheck" in service) == (name != "migrate"), name
        for needed in service.get("depends_on", {}):
            assert needed in services


def test_webhooks_have_a_worker_of_their_own():
    for task, queue in (("accounts.tell_webhooks", "webhooks"), ("accounts.send_delivery", "webhooks"), ("x", "celery")):
        assert app.amqp.router.route({}, task)["queue"].name == queue


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_told_of_no_queue_reads_that_of_webhooks_too():
    worker, webhooks = (COMPOSE["services"][name]["command"] for name in ("worker", "webhooks"))
    as_before = [part for part in worker if part not in ("-X", "webhooks")]
    environment = os.environ | {"DATABASE_URL": database_url()}
    started = [
        subprocess.Popen([sys.executable, "-m", *command, "-n", f"{name}@{HOST}"], cwd=ROOT, env=environment)
        for name, command in (("worker", worker), ("webhooks", webhooks), ("as-before", as_before))
    ]
    try:
        deadline, read = time.monotonic() + 60, {}
        while len(read) < 3 and time.monotonic() < deadline:
            assert all(one.poll() is None for one in started)
            told = app.control.inspect(timeout=1).active_queues() or {}
            read |= {node.partition("@")[0]: {queue["name"] for queue in queues} for node, queues in told.items()}
    finally:
        for one in started:
            one.terminate()
        for one in started:
            one.wait(30)
    assert read == {"worker": {"celery"}, "webhooks": {"webhooks"}, "as-before": {"celery", "webhooks"}}
    # A message goes to one of them, not to all that share an exchange and a key.
    for name in ("celery", "webhooks"):
        app.send_task("nobody.knows", queue=name)
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        assert [channel.queue_purge(name) for name in ("celery", "webhooks")] == [1, 1]


def test_data_is_kept_in_named_volumes():
    for name in ("postgres", "redis", "proxy"):
        mounted = [volume.split(":")[0] for volume in COMPOSE["services"][name]["volumes"]]
        assert any(volume in COMPOSE["volumes"] for volume in mounted), name


def test_the_image_runs_as_nobody_special_and_installs_from_the_lock_file():
    text = (ROOT / "Dockerfile").read_text()
    assert "uv sync --frozen --no-dev" in text
    assert text.index("USER touchline") > text.index("RUN useradd")


def test_the_example_environment_names_what_compose_asks_for():
    example = (ROOT / "deploy" / "env.example").read_text()
    for name in ("POSTGRES_PASSWORD", "TOUCHLINE_HOST", "SECRET_KEY", "ALLOWED_HOSTS"):
        assert f"\n{name}=" in example
