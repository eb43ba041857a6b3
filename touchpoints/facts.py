"""What has happened to scheduled touchpoints: sent by the operation that did it, inside its transaction."""

from django.dispatch import Signal

#: enrolments: ids of those whose plan was made anew, or of whose touchpoints one was snoozed; rows: ids of the scheduled
#: touchpoints that are planned otherwise now, or newly and for about today; at. What has been taken away is gone already.
planned = Signal()
#: enrolments: ids of those whose scheduled touchpoints were settled or opened again; rows: ids of these; today, at
settled = Signal()
