from django.apps import AppConfig


class JourneysConfig(AppConfig):
    name = "journeys"

    def ready(self) -> None:
        from journeys import naming  # noqa: F401  (to be asked)
        from journeys.live import reacting  # noqa: F401  (to be told)
