"""Doors of django-allauth that answer in our way."""

from typing import Any

from allauth.account import views as allauth
from django.http import HttpResponse


class SaysTooManyTries:
    """A form refused because of earlier wrong passwords keeps its page and its words, and says so in the status as well."""

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        codes = {error.code for errors in form.errors.as_data().values() for error in errors}
        if "too_many_login_attempts" in codes:
            answer.status_code = 429
        return answer


class SignIn(SaysTooManyTries, allauth.LoginView):
    pass


class SignInAgain(SaysTooManyTries, allauth.ReauthenticateView):
    pass


sign_in = SignIn.as_view()
sign_in_again = SignInAgain.as_view()
