from django.apps import AppConfig


class TouchlineConfig(AppConfig):
    """The house itself. Where Django is ready, tasks know their broker."""

    name = "config"

    def ready(self) -> None:
        import config.celery  # noqa: F401
