"""Who travels: /w/<workspace>/customers/..."""

from django.urls import path

from customers.views import customers

app_name = "customers"
urlpatterns = [
    path("", customers.customers, name="customers"),
    path("new/", customers.new_customer, name="new_customer"),
    path("<uuid:pk>/", customers.customer, name="customer"),
    path("<uuid:pk>/edit/", customers.edit_customer, name="edit_customer"),
    path("<uuid:pk>/assign/", customers.assign, name="assign"),
]
