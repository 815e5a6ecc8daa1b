"""Addresses of the journey pages, below /admin/insights/."""

from django.urls import path

from feedback.dashboards import views

app_name = "insights"
urlpatterns = [
    path("", views.journeys, name="journeys"),
    path("<slug:code>/", views.journey, name="journey"),
    path("<slug:code>/computing/", views.computing, name="computing"),
]
