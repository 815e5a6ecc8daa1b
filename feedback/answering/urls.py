"""Addresses below /s/."""

from django.urls import path

from feedback.answering.views import answer_page

app_name = "answering"
urlpatterns = [path("<str:token>/", answer_page, name="answer")]
