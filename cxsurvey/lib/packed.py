"""Text that is compressed once and filled often: gzip with its fixed parts ready, and what differs put in as it is."""

import zlib
from collections.abc import Iterator, Sequence
from typing import Final

# One member (RFC 1952): deflate, no name, no time, made by nobody knows what.
HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
LAST: Final = b"\x03\x00"  # an empty last block
MOST: Final = 0xFFFF  # bytes of one stored block
BEST: Final = 9
RAW: Final = -15  # deflate without a frame of its own


class Packed:
    """Fixed parts; between each and the next stands something that differs from one time to the next.

    Each part is deflated by itself: it refers to nothing before it, and ends at a whole byte. What differs becomes
    stored blocks (RFC 1951), which every program that reads gzip reads. Secrets are so never compressed together with
    what somebody else chose, and no length tells of them (BREACH).
    """

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._parts = [(part, _deflated(part)) for part in parts]

    def filled(self, values: Sequence[bytes]) -> bytes:
        """The whole as gzip; one value less than parts."""
        pieces, check, length = [HEAD], 0, 0
        for (part, deflated), value in zip(self._parts, (*values, b""), strict=True):
            pieces += (deflated, *_stored(value))
            check = zlib.crc32(value, zlib.crc32(part, check))
            length += len(part) + len(value)
        return b"".join((*pieces, LAST, check.to_bytes(4, "little"), (length & 0xFFFFFFFF).to_bytes(4, "little")))


def _deflated(part: bytes) -> bytes:
    packer = zlib.compressobj(BEST, zlib.DEFLATED, RAW)
    return packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)


def _stored(value: bytes) -> Iterator[bytes]:
    """The value in stored blocks: not the last one, its length, the same inverted, itself."""
    for start in range(0, len(value), MOST):
        block = value[start : start + MOST]
        yield b"\x00" + len(block).to_bytes(2, "little") + (len(block) ^ MOST).to_bytes(2, "little") + block
