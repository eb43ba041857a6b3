#!/usr/bin/env python3
"""Django's command line. Without DATABASE_URL it talks to the embedded PostgreSQL that `make run` has started."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.embedded import use_running_services

    use_running_services()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
