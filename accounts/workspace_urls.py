"""Who may come in to one workspace: /w/<workspace>/..."""

from django.urls import path

from accounts.views import calendar, members, notices, roles, settings, tokens, webhooks

app_name = "accounts"
urlpatterns = [
    path("members/", members.members, name="members"),
    path("members/invite/", members.invite, name="invite"),
    path("members/invitations/<uuid:pk>/send-again/", members.send_invitation_again, name="send_invitation_again"),
    path("members/invitations/<uuid:pk>/revoke/", members.revoke_invitation, name="revoke_invitation"),
    path("members/<uuid:pk>/", members.member, name="member"),
    path("members/<uuid:pk>/remove/", members.remove_member, name="remove_member"),
    path("notices/", notices.notices, name="notices"),
    path("notices/count/", notices.notice_count, name="notice_count"),
    path("notices/read/", notices.read_notices, name="read_notices"),
    path("notices/<uuid:pk>/", notices.open_notice, name="open_notice"),
    path("notices/<uuid:pk>/read/", notices.read_notice, name="read_notice"),
    path("roles/", roles.roles, name="roles"),
    path("roles/<uuid:pk>/", roles.role, name="role"),
    path("roles/<uuid:pk>/remove/", roles.remove_role, name="remove_role"),
    path("settings/", settings.settings, name="settings"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/change/", calendar.change_calendar, name="change_calendar"),
    path("calendar/days/add/", calendar.add_own_day, name="add_own_day"),
    path("calendar/days/<uuid:pk>/remove/", calendar.remove_own_day, name="remove_own_day"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<uuid:pk>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/<uuid:pk>/", webhooks.webhook, name="webhook"),
    path("webhooks/<uuid:pk>/rotate/", webhooks.rotate_webhook_key, name="rotate_webhook_key"),
    path("webhooks/<uuid:pk>/end-old-key/", webhooks.end_old_webhook_key, name="end_old_webhook_key"),
    path("webhooks/<uuid:pk>/switch/", webhooks.switch_webhook, name="switch_webhook"),
    path("webhooks/<uuid:pk>/delete/", webhooks.delete_webhook, name="delete_webhook"),
    path("webhooks/<uuid:pk>/ping/", webhooks.ping_webhook, name="ping_webhook"),
    path("webhooks/<uuid:pk>/<uuid:delivery>/again/", webhooks.send_delivery_again, name="send_delivery_again"),
    path("audit/", settings.audit, name="audit"),
]
