"""Coming in: /accounts/. The names without a namespace are the ones django-allauth reverses."""

from allauth.account import views as allauth
from allauth.decorators import rate_limit
from django.urls import path, re_path

from accounts.doors import declare
from accounts.views import invitations, profile, signing_in, workspaces

# Whoever guesses at the secret part of a mailed link is slowed down, also where looking is enough to learn something.
mailed_link = rate_limit(action="mailed_link", limit_get=True)

named_by_allauth = [
    path("sign-in/", declare(signing_in.sign_in, "GET", "POST"), name="account_login"),
    path("sign-up/", declare(allauth.signup, "GET", "POST"), name="account_signup"),
    path("sign-out/", declare(allauth.logout, "GET", "POST"), name="account_logout"),
    path("closed/", declare(allauth.account_inactive, "GET"), name="account_inactive"),
    path(
        "sign-in-again/",
        declare(signing_in.sign_in_again, "GET", "POST", access="signed-in"),
        name="account_reauthenticate",
    ),
    path("confirm-email/", declare(allauth.email_verification_sent, "GET"), name="account_email_verification_sent"),
    path(
        "confirm-email/<str:key>/",
        declare(mailed_link(allauth.confirm_email), "GET", "POST"),
        name="account_confirm_email",
    ),
    path(
        "password/change/",
        declare(allauth.password_change, "GET", "POST", access="signed-in"),
        name="account_change_password",
    ),
    path("password/set/", declare(allauth.password_set, "GET", "POST", access="signed-in"), name="account_set_password"),
    path("password/reset/", declare(allauth.password_reset, "GET", "POST"), name="account_reset_password"),
    path("password/reset/sent/", declare(allauth.password_reset_done, "GET"), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        declare(mailed_link(allauth.password_reset_from_key), "GET", "POST"),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        declare(allauth.password_reset_from_key_done, "GET"),
        name="account_reset_password_from_key_done",
    ),
]

urlpatterns = [
    *named_by_allauth,
    path("profile/", profile.profile, name="profile"),
    path("still-me/<uuid:pk>/", profile.still_me, name="still_me"),
    path("workspaces/", workspaces.workspaces, name="workspaces"),
    path("workspaces/<uuid:pk>/leave/", workspaces.leave, name="leave"),
    path("join/<str:token>/", invitations.join, name="join"),
]
