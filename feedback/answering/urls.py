"""Addresses below /s/."""

from django.urls import path

from feedback.answering.views import accent_style, answer_page

app_name = "answering"
urlpatterns = [
    path("<str:token>/", answer_page, name="answer"),
    path("theme/<str:accent>.css", accent_style, name="accent"),
]
