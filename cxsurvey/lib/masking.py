"""Addresses as others may see them: enough to recognise one's own, not enough to use it."""


def mask_email(address: str) -> str:
    """anna@example.org -> a***@example.org; blank stays blank."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}***@{domain}" if at else address and "***"


def mask_phone(number: str) -> str:
    """+491701234567 -> +49***67; blank stays blank."""
    return f"{number[:3]}***{number[-2:]}" if len(number) > 7 else number and "***"
