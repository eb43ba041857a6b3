"""No Docker engine runs in CI: what can be said of the compose file without one is said here."""

from __future__ import annotations

import yaml

from config.celery import app
from config.embedded import ROOT

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
    asked = [COMPOSE["services"][name]["command"] for name in ("worker", "webhooks")]
    assert ["-Q" in command and command[command.index("-Q") + 1] for command in asked] == [False, "webhooks"]


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
