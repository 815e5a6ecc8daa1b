"""Addresses of the designer, below /design/."""

from django.urls import path

from surveys.designer import colours, editor, history, listing, logic, publishing, questions, words

app_name = "design"
urlpatterns = [
    path("", listing.index, name="index"),
    path("new/", listing.new, name="new"),
    path("journey/", listing.journey, name="journey"),
    path("journey/<slug:journey>/colours/", colours.colours, name="colours"),
    path("<slug:code>/", editor.editor, name="editor"),
    path("<slug:code>/add/", questions.add, name="add"),
    path("<slug:code>/order/", questions.order, name="order"),
    path("<slug:code>/question/<slug:question>/", questions.save, name="question"),
    path("<slug:code>/question/<slug:question>/move/", questions.move, name="move"),
    path("<slug:code>/question/<slug:question>/copy/", questions.copy, name="copy"),
    path("<slug:code>/question/<slug:question>/remove/", questions.remove, name="remove"),
    path("<slug:code>/undo/", history.undo, name="undo"),
    path("<slug:code>/redo/", history.redo, name="redo"),
    path("<slug:code>/keep-mine/", history.keep_mine, name="keep-mine"),
    path("<slug:code>/history/", history.history, name="history"),
    path("<slug:code>/drop/", history.drop, name="drop"),
    path("<slug:code>/words/", words.words, name="words"),
    path("<slug:code>/languages/", words.languages, name="languages"),
    path("<slug:code>/languages/table.csv", words.export_table, name="table"),
    path("<slug:code>/languages/take-in/", words.import_table, name="take-in"),
    path("<slug:code>/logic/", logic.logic, name="logic"),
    path("<slug:code>/ends/", logic.save_ends, name="ends"),
    path("<slug:code>/random-order/", logic.save_blocks, name="blocks"),
    path("<slug:code>/logic/<slug:question>/", logic.save, name="logic-save"),
    path("<slug:code>/publish/", publishing.review, name="publish"),
    path("<slug:code>/publish/now/", publishing.publish, name="publish-now"),
    path("<slug:code>/publish/test/", publishing.send_test, name="test-send"),
    path("<slug:code>/publish/close/", publishing.close, name="close"),
]
