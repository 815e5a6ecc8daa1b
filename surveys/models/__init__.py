"""The rows of asking: fields, constraints, and nothing else."""

from surveys.models.alert import Alert
from surveys.models.conversation import Conversation, Reply
from surveys.models.customer import Customer, NeverAsk, PreferenceChange, Suppression
from surveys.models.dispatch import BudgetAlert, Campaign, DispatchMark, DispatchSwitch, RateBucket, SmsPass
from surveys.models.draft import DraftEdit
from surveys.models.intake import IdempotentRequest, ImportMapping, JobRun, ProviderCallback
from surveys.models.invitation import AskDecision, Delivery, DeliveryEvent, Invitation
from surveys.models.journey import Department, Journey, JourneyVersion, Stage, Transition
from surveys.models.open_link import OpenLink
from surveys.models.questionnaire import Choice, Question, Survey, SurveyVersion
from surveys.models.rule import ContactPolicy, Rule, RuleMove
from surveys.models.run import Interaction, JourneyRun, StageVisit

__all__ = [
    "Alert",
    "AskDecision",
    "BudgetAlert",
    "Campaign",
    "Choice",
    "ContactPolicy",
    "Conversation",
    "Customer",
    "Delivery",
    "DeliveryEvent",
    "Department",
    "DispatchMark",
    "DispatchSwitch",
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
    "OpenLink",
    "PreferenceChange",
    "ProviderCallback",
    "Question",
    "RateBucket",
    "Reply",
    "Rule",
    "RuleMove",
    "SmsPass",
    "Stage",
    "StageVisit",
    "Suppression",
    "Survey",
    "SurveyVersion",
    "Transition",
]
