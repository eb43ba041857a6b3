"""What has happened to customers and concerns the apps above: sent by the operation that did it, inside its transaction, so that
what follows from it is there with it or not at all."""

from django.dispatch import Signal

#: enrolments: list of ids whose plan rests on what has changed; by, at
travel_changed = Signal()
