"""Addresses below /dev/, mounted only where the stand-ins are on."""

from django.urls import path

from surveys.standins import views

app_name = "standins"
urlpatterns = [
    path("inbox/", views.inbox_list, name="list"),
    path("inbox/clear/", views.clear, name="clear"),
    path("inbox/<str:message_id>/", views.message, name="message"),
    path("inbox/<str:message_id>/html/", views.html, name="html"),
    path("inbox/<str:message_id>/raw/", views.raw, name="raw"),
    path("inbox/<str:message_id>/reply/", views.reply, name="reply"),
]
