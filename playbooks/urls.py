from django.urls import path

from playbooks.views import playbooks

app_name = "playbooks"
urlpatterns = [
    path("", playbooks.playbooks, name="playbooks"),
    path("new/", playbooks.new_playbook, name="new_playbook"),
    path("<uuid:pk>/", playbooks.playbook, name="playbook"),
    path("<uuid:pk>/remove/", playbooks.remove_playbook, name="remove_playbook"),
]
