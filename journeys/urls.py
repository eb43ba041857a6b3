"""The maps: /w/<workspace>/..."""

from django.urls import include, path

from journeys.views import acts, canvas, home, imports

app_name = "journeys"

on_a_map = [
    path("", canvas.canvas, name="canvas"),
    path("delta/", canvas.delta_since, name="delta"),
    path("undo/", acts.undo, name="undo"),
    path("redo/", acts.redo, name="redo"),
    path("rename/", acts.rename, name="rename"),
    path("stages/add/", acts.add_stage, name="add_stage"),
    path("stages/<uuid:pk>/", canvas.stage, name="stage"),
    path("stages/<uuid:pk>/edit/", acts.edit_stage, name="edit_stage"),
    path("stages/<uuid:pk>/move/", acts.move_stage, name="move_stage"),
    path("stages/<uuid:pk>/remove/", acts.remove_stage, name="remove_stage"),
    path("lanes/add/", acts.add_lane, name="add_lane"),
    path("lanes/<uuid:pk>/", canvas.lane, name="lane"),
    path("lanes/<uuid:pk>/edit/", acts.edit_lane, name="edit_lane"),
    path("lanes/<uuid:pk>/move/", acts.move_lane, name="move_lane"),
    path("lanes/<uuid:pk>/remove/", acts.remove_lane, name="remove_lane"),
    path("touchpoints/add/", acts.add_touchpoint, name="add_touchpoint"),
    path("touchpoints/<uuid:pk>/", canvas.touchpoint, name="touchpoint"),
    path("touchpoints/<uuid:pk>/edit/", acts.edit_touchpoint, name="edit_touchpoint"),
    path("touchpoints/<uuid:pk>/move/", acts.move_touchpoint, name="move_touchpoint"),
    path("touchpoints/<uuid:pk>/remove/", acts.remove_touchpoint, name="remove_touchpoint"),
    path("touchpoints/<uuid:pk>/connect/", acts.connect, name="connect"),
    path("touchpoints/<uuid:pk>/hand-off/", acts.hand_off, name="hand_off"),
    path("connectors/<uuid:pk>/remove/", acts.remove_connector, name="remove_connector"),
    path("emotions/add/", acts.add_emotion, name="add_emotion"),
    path("emotions/<uuid:pk>/", canvas.emotion, name="emotion"),
    path("emotions/<uuid:pk>/edit/", acts.edit_emotion, name="edit_emotion"),
    path("emotions/<uuid:pk>/move/", acts.move_emotion, name="move_emotion"),
    path("emotions/<uuid:pk>/remove/", acts.remove_emotion, name="remove_emotion"),
    path("handoffs/<uuid:pk>/", canvas.handoff, name="handoff"),
    path("handoffs/<uuid:pk>/edit/", acts.edit_handoff, name="edit_handoff"),
    path("handoffs/<uuid:pk>/package/", acts.pack, name="pack"),
    path("handoffs/<uuid:pk>/remove/", acts.remove_handoff, name="remove_handoff"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("segments/new/", home.new_segment, name="new_segment"),
    path("segments/<uuid:pk>/", home.segment, name="segment"),
    path("segments/<uuid:pk>/journeys/", home.segment_journeys, name="segment_journeys"),
    path("segments/<uuid:pk>/journeys/new/", home.new_journey, name="new_journey"),
    path("imports/new/", imports.import_sheet, name="import_sheet"),
    path("imports/<uuid:pk>/", imports.import_preview, name="import_preview"),
    path("imports/<uuid:pk>/apply/", imports.apply_import, name="apply_import"),
    path("imports/<uuid:pk>/problems/", imports.import_problems, name="import_problems"),
    path("journeys/<uuid:journey>/", include(on_a_map)),
]
