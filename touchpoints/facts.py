"""What has happened to scheduled touchpoints: sent by the operation that did it, inside its transaction."""

from django.dispatch import Signal

#: enrolments: ids of those whose plan was made anew, or of whose touchpoints one was snoozed; rows: ids of the scheduled
#: touchpoints that are planned otherwise now, or newly and for about today; at. What has been taken away is gone already.
planned = Signal()
#: enrolment: the id of the one whose scheduled touchpoint was settled or opened again; row: the id of that; today, at
settled = Signal()
