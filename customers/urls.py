"""Who travels: /w/<workspace>/customers/..."""

from django.urls import path

from customers.views import activities, customers, handing_over, imports, message_preview, people

app_name = "customers"
urlpatterns = [
    path("", customers.customers, name="customers"),
    path("new/", customers.new_customer, name="new_customer"),
    path("hand-over/", handing_over.hand_over, name="hand_over"),
    path("hand-over/<uuid:pk>/", handing_over.handover, name="handover"),
    path("import/", imports.import_customers, name="import_customers"),
    path("import/template/", imports.customer_template, name="customer_template"),
    path("import/<uuid:pk>/", imports.customer_import, name="customer_import"),
    path("import/<uuid:pk>/apply/", imports.apply_customer_import, name="apply_customer_import"),
    path("import/<uuid:pk>/problems/", imports.customer_import_problems, name="customer_import_problems"),
    path("message-preview/", message_preview.message_preview, name="message_preview"),
    path("<uuid:pk>/", customers.customer, name="customer"),
    path("activity/<uuid:pk>/undo/", activities.undo_activity, name="undo_activity"),
    path("<uuid:pk>/edit/", customers.edit_customer, name="edit_customer"),
    path("<uuid:pk>/notes/", people.edit_notes, name="edit_notes"),
    path("<uuid:pk>/assign/", people.assign, name="assign"),
    path("<uuid:pk>/contacts/add/", people.add_contact, name="add_contact"),
    path("assignments/<uuid:pk>/take-back/", people.take_back_assignment, name="take_back_assignment"),
    path("contacts/<uuid:pk>/edit/", people.edit_contact, name="edit_contact"),
    path("contacts/<uuid:pk>/remove/", people.remove_contact, name="remove_contact"),
]
