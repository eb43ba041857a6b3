"""Who travels: /w/<workspace>/customers/..."""

from django.urls import path

from customers.views import customers, imports, message_preview

app_name = "customers"
urlpatterns = [
    path("", customers.customers, name="customers"),
    path("new/", customers.new_customer, name="new_customer"),
    path("import/", imports.import_customers, name="import_customers"),
    path("import/template/", imports.customer_template, name="customer_template"),
    path("import/<uuid:pk>/", imports.customer_import, name="customer_import"),
    path("import/<uuid:pk>/apply/", imports.apply_customer_import, name="apply_customer_import"),
    path("import/<uuid:pk>/problems/", imports.customer_import_problems, name="customer_import_problems"),
    path("message-preview/", message_preview.message_preview, name="message_preview"),
    path("<uuid:pk>/", customers.customer, name="customer"),
    path("<uuid:pk>/edit/", customers.edit_customer, name="edit_customer"),
    path("<uuid:pk>/assign/", customers.assign, name="assign"),
]
