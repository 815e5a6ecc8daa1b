"""Text compressed once and filled often: whatever reads gzip reads it, and reads what was put in."""

import gzip
import shutil
import subprocess
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsurvey.lib.packed import MOST, Packed

PARTS = st.lists(st.binary(max_size=400), min_size=1, max_size=6)


def joined(parts: list[bytes], values: list[bytes]) -> bytes:
    return b"".join(piece for pair in zip(parts, [*values, b""], strict=True) for piece in pair)


@given(st.data(), PARTS)
def test_filled_anything_is_read_back(data: st.DataObject, parts: list[bytes]) -> None:
    values = data.draw(st.lists(st.binary(max_size=200), min_size=len(parts) - 1, max_size=len(parts) - 1))
    assert gzip.decompress(Packed(parts).filled(values)) == joined(parts, values)


def test_filled_is_one_member_and_nothing_after_it() -> None:
    reader = zlib.decompressobj(31)
    assert reader.decompress(Packed([b"<p>", b"</p>"]).filled([b"you"])) == b"<p>you</p>"
    assert (reader.eof, reader.unused_data) == (True, b"")


def test_filled_value_longer_than_a_block_is_cut_into_blocks() -> None:
    value = bytes(range(256)) * 600
    assert len(value) > 2 * MOST
    assert gzip.decompress(Packed([b"a", b"z"]).filled([value])) == b"a" + value + b"z"


def test_filled_value_missing_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Packed([b"a", b"b", b"c"]).filled([b"one"])


def test_filled_twice_gives_each_its_own() -> None:
    page = Packed([b"dear ", b"!"])
    assert [gzip.decompress(page.filled([name])) for name in (b"Ann", b"Bob")] == [b"dear Ann!", b"dear Bob!"]


@pytest.mark.skipif(not shutil.which("gzip"), reason="no gzip program here")
def test_filled_is_read_by_the_gzip_program() -> None:
    packed = Packed([b"x" * 5_000, "\u00e9\u0639".encode()]).filled([b"token"])
    done = subprocess.run(["gzip", "-dc"], input=packed, capture_output=True, check=True)
    assert done.stdout == b"x" * 5_000 + b"token" + "\u00e9\u0639".encode()
