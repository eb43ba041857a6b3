from customers.models.activity import Activity
from customers.models.assignment import Assignment
from customers.models.contact import Contact
from customers.models.customer import Customer, Health
from customers.models.customer_import import CustomerImport
from customers.models.enrolment import Enrolment
from customers.models.handover import Handover
from customers.models.logged_event import LoggedEvent
from customers.models.request import Request
from customers.models.request_step import RequestStep

__all__ = [
    "Activity",
    "Assignment",
    "Contact",
    "Customer",
    "CustomerImport",
    "Enrolment",
    "Handover",
    "Health",
    "LoggedEvent",
    "Request",
    "RequestStep",
]
