"""The customers: /w/<workspace>/customers/..."""

from django.urls import path

from customers.views import imports

app_name = "customers"

urlpatterns = [
    path("import/", imports.import_customers, name="import_customers"),
    path("import/template/", imports.customer_template, name="customer_template"),
    path("import/<uuid:pk>/", imports.customer_import, name="customer_import"),
    path("import/<uuid:pk>/apply/", imports.apply_customer_import, name="apply_customer_import"),
    path("import/<uuid:pk>/problems/", imports.customer_import_problems, name="customer_import_problems"),
]
