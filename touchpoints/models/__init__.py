from touchpoints.models.arrangement import Arrangement
from touchpoints.models.automation import Automation, SendingPause
from touchpoints.models.enrolment_rule import EnrolmentRule
from touchpoints.models.handoff_day import HandoffDay
from touchpoints.models.offer import Offer
from touchpoints.models.passage import Passage
from touchpoints.models.passage_step import PassageStep
from touchpoints.models.planning_job import PlanningJob
from touchpoints.models.scheduled_touchpoint import ScheduledTouchpoint
from touchpoints.models.sending import Sending

__all__ = [
    "Arrangement",
    "Automation",
    "EnrolmentRule",
    "HandoffDay",
    "Offer",
    "Passage",
    "PassageStep",
    "PlanningJob",
    "ScheduledTouchpoint",
    "Sending",
    "SendingPause",
]
