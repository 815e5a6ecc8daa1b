"""Runs and contacts in the admin: contacts are recorded by the verb, runs ended by it."""

import pytest
from django.urls import reverse

from surveys.models import Interaction, JourneyRun
from tests.factories import CustomerFactory, JourneyRunFactory, published_journey

pytestmark = pytest.mark.django_db
ADD = reverse("admin:surveys_interaction_add")


def contact(**told: object) -> dict[str, object]:
    moment = {"started_at_0": "2026-03-02", "started_at_1": "09:00", "ended_at_0": "2026-03-02", "ended_at_1": "09:10"}
    return {**moment, "initiator": "customer", "resolved": "unknown", "channel": "phone", **told}


def test_contact_opens_a_run_like_any_other(manager_client):
    version, customer = published_journey(code="account"), CustomerFactory()
    stage = version.stages.first()
    form = contact(customer=customer.pk, journey=version.journey_id, stage=stage.pk, handle_seconds="540")
    response = manager_client.post(ADD, form)
    assert response.status_code == 302, response.context["adminform"].form.errors
    made = Interaction.objects.get()
    assert (made.customer, made.stage, made.handle_seconds, made.resolved) == (customer, stage, 540.0, None)
    assert JourneyRun.objects.get() == made.run


def test_contact_that_the_verb_refuses_is_told_at_its_field(manager_client):
    customer = CustomerFactory()
    version = published_journey()
    form = contact(customer=customer.pk, stage=version.stages.first().pk, ended_at_0="2026-03-01")
    response = manager_client.post(ADD, form)
    assert response.status_code == 200
    assert len(response.context["adminform"].form.errors) == 1
    assert Interaction.objects.count() == 0


def test_contact_is_never_edited_or_deleted(manager_client):
    version, customer = published_journey(), CustomerFactory()
    form = contact(customer=customer.pk, journey=version.journey_id, stage=version.stages.first().pk)
    manager_client.post(ADD, form)
    pk = Interaction.objects.get().pk
    assert manager_client.post(reverse("admin:surveys_interaction_change", args=[pk]), form).status_code == 403
    assert manager_client.post(reverse("admin:surveys_interaction_delete", args=[pk])).status_code == 403


@pytest.mark.parametrize(("action", "outcome"), [("end_completed", "completed"), ("end_abandoned", "abandoned")])
def test_run_is_ended_by_hand_once(manager_client, action, outcome):
    run = JourneyRunFactory()
    url = reverse("admin:surveys_journeyrun_changelist")
    manager_client.post(url, {"action": action, "_selected_action": [run.pk]})
    run.refresh_from_db()
    ended = run.ended_at
    manager_client.post(url, {"action": "end_abandoned", "_selected_action": [run.pk]})
    run.refresh_from_db()
    assert (run.outcome, run.ended_at) == (outcome, ended)
