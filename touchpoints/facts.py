"""What has happened to scheduled touchpoints: sent by the operation that did it, inside its transaction."""

from django.dispatch import Signal

#: enrolment: the id of the one whose scheduled touchpoint was settled or opened again; today, at
settled = Signal()
