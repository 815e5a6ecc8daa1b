"""What an ask rests on: the legal basis, where it is from, since when, and the version of the text agreed to."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Self

from surveys.enums import LegalBasis

SOURCE_LENGTH: Final = 200
TEXT_LENGTH: Final = 80
NOT_TOLD: Final = "not told"


@dataclass(frozen=True)
class Basis:
    """The basis of one channel; `at` is a time with its zone, as it is written in ISO 8601."""

    basis: str
    source: str
    at: str
    text: str = NOT_TOLD

    @classmethod
    def of(cls, source: str, at: datetime, text: str = "", basis: str = "") -> Self:
        """Where nothing else is told it is a consent, and its source or text is noted as not told."""
        return cls(
            basis=str(LegalBasis(basis or LegalBasis.CONSENT)),
            source=source[:SOURCE_LENGTH] or NOT_TOLD,
            at=at.isoformat(),
            text=text[:TEXT_LENGTH] or NOT_TOLD,
        )

    @classmethod
    def read(cls, document: Mapping[str, Any] | None) -> Self | None:
        """What `document()` wrote; None where there is no basis."""
        return cls(**document) if document else None

    def document(self) -> dict[str, str]:
        """As it is kept with the customer, and with each message that left."""
        return asdict(self)
