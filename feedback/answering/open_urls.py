"""Addresses below /o/."""

from django.urls import path

from feedback.answering.open_views import embedded_page, open_page

app_name = "open"
urlpatterns = [
    path("<slug:slug>/", open_page, name="page"),
    path("<slug:slug>/embed/", embedded_page, name="embed"),
]
