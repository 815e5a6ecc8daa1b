"""Addresses below /p/."""

from django.urls import path

from surveys.preferences.views import preferences

app_name = "preferences"
urlpatterns = [path("<str:token>/", preferences, name="page")]
