"""What has happened here and concerns the apps above: sent by the operation that did it, once its transaction is through."""

from django.dispatch import Signal

#: member: an access level has changed, or the member has gone
access_changed = Signal()
#: workspace_id: roles bear other names, or there are others
roles_changed = Signal()
#: workspace_id: other days are worked on
calendar_changed = Signal()
#: user: their mornings are at other instants
time_zone_changed = Signal()
