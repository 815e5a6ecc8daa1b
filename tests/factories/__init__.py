"""Factories of rows for tests; each makes a valid row and nothing more."""

from tests.factories.asking import (
    CustomerFactory,
    DeliveryFactory,
    InteractionFactory,
    InvitationFactory,
    JourneyFactory,
    JourneyRunFactory,
    JourneyVersionFactory,
    RuleFactory,
    StageFactory,
    SurveyFactory,
    published_journey,
    published_survey,
)

__all__ = [
    "CustomerFactory",
    "DeliveryFactory",
    "InteractionFactory",
    "InvitationFactory",
    "JourneyFactory",
    "JourneyRunFactory",
    "JourneyVersionFactory",
    "RuleFactory",
    "StageFactory",
    "SurveyFactory",
    "published_journey",
    "published_survey",
]
