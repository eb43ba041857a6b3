"""The table of contents of the site."""

from django.urls import include, path

from accounts.views.workspaces import front_door
from config.health import healthz, readyz
from config.offline import offline_worker
from touchpoints.views.calendar_feed import calendar_ics
from touchpoints.views.unsubscribing import unsubscribe

urlpatterns = [
    path("", front_door, name="front_door"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("offline-worker.js", offline_worker, name="offline_worker"),
    path("calendar/<str:token>.ics", calendar_ics, name="calendar_ics"),
    path("unsubscribe/<str:token>/", unsubscribe, name="unsubscribe"),
    path("accounts/", include("accounts.urls")),
    path("api/", include("config.api_urls")),
    path("w/<slug:workspace>/", include("journeys.urls")),
    path("w/<slug:workspace>/", include("accounts.workspace_urls")),
    path("w/<slug:workspace>/", include("touchpoints.urls")),
    path("w/<slug:workspace>/customers/", include("customers.urls")),
    path("w/<slug:workspace>/playbooks/", include("playbooks.urls")),
]
