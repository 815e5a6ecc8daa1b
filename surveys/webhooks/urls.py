"""Addresses below /hooks/."""

from django.urls import path

from surveys.webhooks.views import hook

app_name = "webhooks"
urlpatterns = [path("<slug:provider>/", hook, name="hook")]
