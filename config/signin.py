"""How people sign in: django-allauth, by e-mail and password."""

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.NameForm"
ACCOUNT_ADAPTER = "accounts.signing_in.Adapter"
# A fresh self-hosted install may not have working mail yet: nobody is locked out, the mail is sent all the same.
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_USER_DISPLAY = str
# Wrong passwords slow down by address and by account, counted in Redis and so across all processes.
# A wrong password at "sign in again" counts as one at sign-in ("login_failed"). Mail to an address nobody has
# confirmed goes out once in three minutes ("confirm_email"), however often somebody signs up with it.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "signup": "30/m/ip",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "20/m/ip,5/m/user",
    "reauthenticate": "20/m/ip,10/m/user",
    "manage_email": "20/m/ip,10/m/user",
    "confirm_email": "1/3m/key",
    # Ours: opening a link that came by mail (an invitation, a new password, an address to confirm), sending invitations,
    # and trying whether reminders arrive.
    "mailed_link": "60/m/ip",
    "invite": "30/m/user",
    "test_reminder": "10/m/user",
}
