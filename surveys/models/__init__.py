"""The rows of asking: fields, constraints, and nothing else."""

from surveys.models.customer import Customer, NeverAsk, PreferenceChange, Suppression
from surveys.models.draft import DraftEdit
from surveys.models.intake import IdempotentRequest, ImportMapping, JobRun, ProviderCallback
from surveys.models.invitation import AskDecision, Delivery, DeliveryEvent, Invitation
from surveys.models.journey import Department, Journey, JourneyVersion, Stage, Transition
from surveys.models.questionnaire import Choice, Question, Survey, SurveyVersion
from surveys.models.rule import ContactPolicy, Rule, RuleMove
from surveys.models.run import Interaction, JourneyRun, StageVisit

__all__ = [
    "AskDecision",
    "Choice",
    "ContactPolicy",
    "Customer",
    "Delivery",
    "DeliveryEvent",
    "Department",
    "DraftEdit",
    "IdempotentRequest",
    "ImportMapping",
    "Interaction",
    "Invitation",
    "JobRun",
    "Journey",
    "JourneyRun",
    "JourneyVersion",
    "NeverAsk",
    "PreferenceChange",
    "ProviderCallback",
    "Question",
    "Rule",
    "RuleMove",
    "Stage",
    "StageVisit",
    "Suppression",
    "Survey",
    "SurveyVersion",
    "Transition",
]
