"""The table of contents of the API: /api/..."""

from django.urls import path, re_path

from accounts.api.changes import Changes
from accounts.api.members import Members, OneMember, OneRole, Roles
from accounts.api.nowhere import NoSuchAddress
from accounts.api.reading_about import ApiDocs, ApiSchema, Guide, SampleClient
from accounts.api.views import Me
from accounts.api.webhooks import Deliveries, OldSecret, OneWebhook, Ping, Resent, RotatedSecret, Webhooks
from customers.api.customers import Customers, ManyCustomers, OneCustomer
from customers.api.enrolments import Enrolments, OneEnrolment
from customers.api.requests import OneRequest, Requests
from journeys.api import elements
from journeys.api.comments import OneReply, OneThread, Replies, Threads
from journeys.api.document_schema import PublishedDocumentSchema
from journeys.api.documents import ExternalDocument, JourneyChanges, JourneyDocument
from journeys.api.journeys import Journeys, JourneysOfSource, OneJourney
from journeys.api.segments import OneSegment, Segments
from journeys.api.versions import OneVersion, VersionDocument, Versions
from playbooks.api.playbooks import OnePlaybook, Playbooks
from touchpoints.api.acts import Done, Reopened, Rescheduled, Skipped, Snoozed
from touchpoints.api.handoffs import Handoffs, OneHandoff
from touchpoints.api.outcomes import Outcomes
from touchpoints.api.reminders import Reminders
from touchpoints.api.scheduled import OneScheduledTouchpoint, ScheduledTouchpoints

urlpatterns = [
    path("v1/schema", ApiSchema.as_view()),
    path("v1/schemas/journey-document", PublishedDocumentSchema.as_view()),
    path("v1/docs", ApiDocs.as_view()),
    path("v1/guide", Guide.as_view()),
    path("v1/mirror.py", SampleClient.as_view()),
    path("v1/me", Me.as_view()),
    path("v1/changes", Changes.as_view()),
    path("v1/roles", Roles.as_view()),
    path("v1/roles/<uuid:pk>", OneRole.as_view()),
    path("v1/members", Members.as_view()),
    path("v1/members/<uuid:pk>", OneMember.as_view()),
    path("v1/playbooks", Playbooks.as_view()),
    path("v1/playbooks/<uuid:pk>", OnePlaybook.as_view()),
    path("v1/segments", Segments.as_view()),
    path("v1/segments/<uuid:pk>", OneSegment.as_view()),
    path("v1/journeys", Journeys.as_view()),
    path("v1/journeys/by-external-id/<str:source>", JourneysOfSource.as_view()),
    # An id of another system may hold slashes: it ends before “/document”.
    path("v1/journeys/by-external-id/<str:source>/<path:external_id>/document", ExternalDocument.as_view()),
    path("v1/journeys/<uuid:pk>", OneJourney.as_view()),
    path("v1/journeys/<uuid:pk>/document", JourneyDocument.as_view()),
    path("v1/journeys/<uuid:pk>/changes", JourneyChanges.as_view()),
    path("v1/journeys/<uuid:pk>/versions", Versions.as_view()),
    path("v1/journeys/<uuid:pk>/versions/<str:version>", OneVersion.as_view()),
    path("v1/journeys/<uuid:pk>/versions/<str:version>/document", VersionDocument.as_view()),
    path("v1/journeys/<uuid:pk>/stages", elements.Stages.as_view()),
    path("v1/journeys/<uuid:pk>/stages/<uuid:element>", elements.OneStage.as_view()),
    path("v1/journeys/<uuid:pk>/lanes", elements.Lanes.as_view()),
    path("v1/journeys/<uuid:pk>/lanes/<uuid:element>", elements.OneLane.as_view()),
    path("v1/journeys/<uuid:pk>/touchpoints", elements.Touchpoints.as_view()),
    path("v1/journeys/<uuid:pk>/touchpoints/<uuid:element>", elements.OneTouchpoint.as_view()),
    path("v1/journeys/<uuid:pk>/events", elements.Events.as_view()),
    path("v1/journeys/<uuid:pk>/events/<uuid:element>", elements.OneEvent.as_view()),
    path("v1/journeys/<uuid:pk>/connectors", elements.Connectors.as_view()),
    path("v1/journeys/<uuid:pk>/connectors/<uuid:element>", elements.OneConnector.as_view()),
    path("v1/journeys/<uuid:pk>/handoffs", elements.Handoffs.as_view()),
    path("v1/journeys/<uuid:pk>/handoffs/<uuid:element>", elements.OneHandoff.as_view()),
    path("v1/journeys/<uuid:pk>/emotions", elements.Emotions.as_view()),
    path("v1/journeys/<uuid:pk>/emotions/<uuid:element>", elements.OneEmotion.as_view()),
    path("v1/journeys/<uuid:pk>/comments", Threads.as_view()),
    path("v1/journeys/<uuid:pk>/comments/<uuid:thread>", OneThread.as_view()),
    path("v1/journeys/<uuid:pk>/comments/<uuid:thread>/replies", Replies.as_view()),
    path("v1/journeys/<uuid:pk>/comments/<uuid:thread>/replies/<uuid:comment>", OneReply.as_view()),
    path("v1/customers", Customers.as_view()),
    path("v1/customers/bulk", ManyCustomers.as_view()),
    path("v1/customers/<uuid:pk>", OneCustomer.as_view()),
    path("v1/enrolments", Enrolments.as_view()),
    path("v1/enrolments/<uuid:pk>", OneEnrolment.as_view()),
    path("v1/requests", Requests.as_view()),
    path("v1/requests/<uuid:pk>", OneRequest.as_view()),
    path("v1/handoffs", Handoffs.as_view()),
    path("v1/handoffs/<uuid:pk>", OneHandoff.as_view()),
    path("v1/scheduled-touchpoints", ScheduledTouchpoints.as_view()),
    path("v1/scheduled-touchpoints/outcomes", Outcomes.as_view()),
    path("v1/scheduled-touchpoints/<uuid:pk>", OneScheduledTouchpoint.as_view()),
    path("v1/scheduled-touchpoints/<uuid:pk>/done", Done.as_view()),
    path("v1/scheduled-touchpoints/<uuid:pk>/skip", Skipped.as_view()),
    path("v1/scheduled-touchpoints/<uuid:pk>/reopen", Reopened.as_view()),
    path("v1/scheduled-touchpoints/<uuid:pk>/reschedule", Rescheduled.as_view()),
    path("v1/scheduled-touchpoints/<uuid:pk>/snooze", Snoozed.as_view()),
    path("v1/reminders", Reminders.as_view()),
    path("v1/webhooks", Webhooks.as_view()),
    path("v1/webhooks/<uuid:pk>", OneWebhook.as_view()),
    path("v1/webhooks/<uuid:pk>/rotate", RotatedSecret.as_view()),
    path("v1/webhooks/<uuid:pk>/old-secret", OldSecret.as_view()),
    path("v1/webhooks/<uuid:pk>/ping", Ping.as_view()),
    path("v1/webhooks/<uuid:pk>/deliveries", Deliveries.as_view()),
    path("v1/webhooks/<uuid:pk>/deliveries/<uuid:delivery>/resend", Resent.as_view()),
    re_path("", NoSuchAddress.as_view()),
]
