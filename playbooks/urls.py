"""How touchpoints are delivered: /w/<workspace>/playbooks/..."""

from django.urls import path

from playbooks.views import editing, playbook, playbooks

app_name = "playbooks"
urlpatterns = [
    path("", playbooks.playbooks, name="playbooks"),
    path("new/", playbooks.new_playbook, name="new_playbook"),
    path("<uuid:pk>/", playbook.playbook, name="playbook"),
    path("<uuid:pk>/edit/", editing.edit_playbook, name="edit_playbook"),
    path("<uuid:pk>/remove/", playbook.remove_playbook, name="remove_playbook"),
    path("<uuid:pk>/versions/", playbook.playbook_versions, name="playbook_versions"),
    path("<uuid:pk>/versions/<int:number>/", playbook.playbook_version, name="playbook_version"),
    # <key> is "steps", "messages" or "links"
    path("<uuid:pk>/<slug:key>/add/", editing.add_item, name="add_item"),
    path("<uuid:pk>/<slug:key>/<uuid:item>/edit/", editing.edit_item, name="edit_item"),
    path("<uuid:pk>/<slug:key>/<uuid:item>/move/", editing.move_item, name="move_item"),
    path("<uuid:pk>/<slug:key>/<uuid:item>/take-out/", editing.take_out_item, name="take_out_item"),
]
