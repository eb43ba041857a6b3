from accounts.models.absence import Absence
from accounts.models.api_token import ApiToken, Scope, TooManyTokens
from accounts.models.audit import AuditEntry
from accounts.models.fact import Fact, Place
from accounts.models.invitation import AlreadyMember, Invitation
from accounts.models.kept_answer import KeptAnswer
from accounts.models.member import Access, LastOwner, Member, NotAllowed
from accounts.models.notice import Notice
from accounts.models.own_day import OwnDay
from accounts.models.role import Role
from accounts.models.user import User
from accounts.models.webhook import Webhook
from accounts.models.webhook_delivery import WebhookDelivery
from accounts.models.webhooks import TooManyWebhooks
from accounts.models.workspace import Workspace

__all__ = [
    "Absence",
    "Access",
    "AlreadyMember",
    "ApiToken",
    "AuditEntry",
    "Fact",
    "Invitation",
    "KeptAnswer",
    "LastOwner",
    "Member",
    "NotAllowed",
    "Notice",
    "OwnDay",
    "Place",
    "Role",
    "Scope",
    "TooManyTokens",
    "TooManyWebhooks",
    "User",
    "Webhook",
    "WebhookDelivery",
    "Workspace",
]
