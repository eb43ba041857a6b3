"""The maps: /w/<workspace>/..."""

from django.urls import include, path

from journeys.views import canvas, card_acts, home, imports, map_acts, selection_acts

app_name = "journeys"

on_a_map = [
    path("", canvas.canvas, name="canvas"),
    path("delta/", canvas.delta_since, name="delta"),
    path("undo/", map_acts.undo, name="undo"),
    path("redo/", map_acts.redo, name="redo"),
    path("rename/", map_acts.rename, name="rename"),
    path("stages/add/", map_acts.add_stage, name="add_stage"),
    path("stages/<uuid:pk>/", canvas.stage, name="stage"),
    path("stages/<uuid:pk>/edit/", map_acts.edit_stage, name="edit_stage"),
    path("stages/<uuid:pk>/move/", map_acts.move_stage, name="move_stage"),
    path("stages/<uuid:pk>/remove/", map_acts.remove_stage, name="remove_stage"),
    path("lanes/add/", map_acts.add_lane, name="add_lane"),
    path("lanes/<uuid:pk>/", canvas.lane, name="lane"),
    path("lanes/<uuid:pk>/edit/", map_acts.edit_lane, name="edit_lane"),
    path("lanes/<uuid:pk>/move/", map_acts.move_lane, name="move_lane"),
    path("lanes/<uuid:pk>/remove/", map_acts.remove_lane, name="remove_lane"),
    path("slots/insert/", selection_acts.insert_slot, name="insert_slot"),
    path("slots/take-out/", selection_acts.take_out_slots, name="take_out_slots"),
    path("lines/paste/", selection_acts.paste_lines, name="paste_lines"),
    path("selection/move/", selection_acts.move_selection, name="move_selection"),
    path("selection/edit/", selection_acts.edit_selection, name="edit_selection"),
    path("selection/duplicate/", selection_acts.duplicate_selection, name="duplicate_selection"),
    path("selection/remove/", selection_acts.remove_selection, name="remove_selection"),
    path("selection/paste/", selection_acts.paste_selection, name="paste_selection"),
    path("selection/turn-into-child/", selection_acts.turn_into_child, name="turn_into_child"),
    path("stages/copy/", selection_acts.copy_stage, name="copy_stage"),
    path("touchpoints/add/", card_acts.add_touchpoint, name="add_touchpoint"),
    path("touchpoints/<uuid:pk>/", canvas.touchpoint, name="touchpoint"),
    path("touchpoints/<uuid:pk>/edit/", card_acts.edit_touchpoint, name="edit_touchpoint"),
    path("touchpoints/<uuid:pk>/move/", card_acts.move_touchpoint, name="move_touchpoint"),
    path("touchpoints/<uuid:pk>/remove/", card_acts.remove_touchpoint, name="remove_touchpoint"),
    path("touchpoints/<uuid:pk>/break-down/", card_acts.break_down, name="break_down"),
    path("touchpoints/<uuid:pk>/take-back/", card_acts.take_back, name="take_back"),
    path("touchpoints/<uuid:pk>/connect/", card_acts.connect, name="connect"),
    path("touchpoints/<uuid:pk>/hand-off/", card_acts.hand_off, name="hand_off"),
    path("connectors/<uuid:pk>/remove/", card_acts.remove_connector, name="remove_connector"),
    path("emotions/add/", card_acts.add_emotion, name="add_emotion"),
    path("emotions/<uuid:pk>/", canvas.emotion, name="emotion"),
    path("emotions/<uuid:pk>/edit/", card_acts.edit_emotion, name="edit_emotion"),
    path("emotions/<uuid:pk>/move/", card_acts.move_emotion, name="move_emotion"),
    path("emotions/<uuid:pk>/remove/", card_acts.remove_emotion, name="remove_emotion"),
    path("handoffs/<uuid:pk>/", canvas.handoff, name="handoff"),
    path("handoffs/<uuid:pk>/edit/", card_acts.edit_handoff, name="edit_handoff"),
    path("handoffs/<uuid:pk>/package/", card_acts.pack, name="pack"),
    path("handoffs/<uuid:pk>/remove/", card_acts.remove_handoff, name="remove_handoff"),
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
