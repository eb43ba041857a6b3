from touchpoints.models.arrangement import Arrangement
from touchpoints.models.automation import Automation, SendingPause
from touchpoints.models.calendar_feed import CalendarFeed, FedEvent
from touchpoints.models.enrolment_rule import EnrolmentRule
from touchpoints.models.handoff_day import HandoffDay
from touchpoints.models.offer import Offer
from touchpoints.models.passage import Passage
from touchpoints.models.passage_step import PassageStep
from touchpoints.models.planning_job import PlanningJob
from touchpoints.models.reminder import Reminder
from touchpoints.models.reminding import Reminding
from touchpoints.models.saved_view import SavedView
from touchpoints.models.scheduled_touchpoint import ScheduledTouchpoint
from touchpoints.models.sending import Sending
from touchpoints.models.sent_act import SentAct

__all__ = [
    "Arrangement",
    "Automation",
    "CalendarFeed",
    "EnrolmentRule",
    "FedEvent",
    "HandoffDay",
    "Offer",
    "Passage",
    "PassageStep",
    "PlanningJob",
    "Reminder",
    "Reminding",
    "SavedView",
    "ScheduledTouchpoint",
    "Sending",
    "SendingPause",
    "SentAct",
]
