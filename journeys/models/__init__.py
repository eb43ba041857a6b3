from journeys.models.change import Change
from journeys.models.comment import Comment
from journeys.models.connector import Connector
from journeys.models.dismissal import Dismissal
from journeys.models.emotion import Emotion
from journeys.models.external_id import ExternalId
from journeys.models.handoff import Handoff
from journeys.models.journey import Journey
from journeys.models.journey_template import JourneyTemplate
from journeys.models.lane import Lane
from journeys.models.named_revision import NamedRevision
from journeys.models.rested_act import RestedAct
from journeys.models.segment import Segment
from journeys.models.sheet_import import SheetImport
from journeys.models.stage import Stage
from journeys.models.thread import Thread
from journeys.models.touchpoint import Touchpoint
from journeys.models.version import Version
from journeys.models.visit import Visit

__all__ = [
    "Change",
    "Comment",
    "Connector",
    "Dismissal",
    "Emotion",
    "ExternalId",
    "Handoff",
    "Journey",
    "JourneyTemplate",
    "Lane",
    "NamedRevision",
    "RestedAct",
    "Segment",
    "SheetImport",
    "Stage",
    "Thread",
    "Touchpoint",
    "Version",
    "Visit",
]
