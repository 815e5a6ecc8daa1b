"""What would keep messages or callbacks from coming through is said at the check."""

from typing import Any

import pytest

from cxsurvey.checks_sending import check_callbacks, check_carriers


def ids(found: list[Any]) -> list[str]:
    return [message.id for message in found]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"EMAIL_PROVIDER": "smtp", "SMS_PROVIDER": ""}, []),
        ({"EMAIL_PROVIDER": "resend", "SMS_PROVIDER": "vonage"}, []),
        ({"EMAIL_PROVIDER": "pigeon", "SMS_PROVIDER": "drum"}, ["cxsurvey.E010", "cxsurvey.E011"]),
    ],
)
def test_check_carriers(settings: Any, changes: dict[str, str], expected: list[str]) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    assert ids(check_carriers()) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["cxsurvey.I010", "cxsurvey.I011"]),
        ({"BOUNCE_SECRET": "x"}, ["cxsurvey.I011"]),
        ({"EMAIL_PROVIDER": "postmark"}, ["cxsurvey.W012", "cxsurvey.I011"]),
        ({"EMAIL_PROVIDER": "postmark", "ANYMAIL": {"WEBHOOK_SECRET": "a:b"}}, ["cxsurvey.I011"]),
        (
            {"BOUNCE_SECRET": "x", "SMS_PROVIDER": "vonage", "SMS_COUNTRIES": [], "SMS_SIGNATURE_SECRET": ""},
            ["cxsurvey.W010", "cxsurvey.W011", "cxsurvey.I011"],
        ),
    ],
)
def test_check_callbacks(settings: Any, changes: dict[str, Any], expected: list[str]) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    assert ids(check_callbacks()) == expected
