"""The virtualenv's maker: half-made ones are noticed, every failure is one sentence. Nothing is downloaded here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cxsurvey import bootstrap


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder, with a space in its name, that needs no package at all."""
    folder = tmp_path / "a project"
    folder.mkdir()
    (folder / "requirements.txt").write_text("# nothing\n")
    monkeypatch.setattr(bootstrap, "PROJECT", str(folder))
    monkeypatch.setattr(bootstrap, "VENV", str(folder / ".venv"))
    monkeypatch.setattr(bootstrap, "STAMP", str(folder / ".venv" / "complete.json"))
    monkeypatch.setattr(bootstrap, "LOG", str(folder / ".venv" / "install.log"))
    return folder


@pytest.mark.slow
def test_main_half_made_is_built_anew_then_left_alone(project: Path) -> None:
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "half-made").write_text("")
    assert bootstrap.main(["requirements.txt"]) == 0
    assert not (project / ".venv" / "half-made").exists()
    made = (project / ".venv" / "complete.json").stat().st_mtime_ns
    assert bootstrap.main(["requirements.txt"]) == 0
    assert (project / ".venv" / "complete.json").stat().st_mtime_ns == made


def test_complete_requirements_changed_false(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "runs", lambda: True)
    (project / ".venv").mkdir()
    stamp = {"requirements.txt": bootstrap.digest("requirements.txt")}
    (project / ".venv" / "complete.json").write_text(json.dumps(stamp))
    assert bootstrap.complete(["requirements.txt"])
    (project / "requirements.txt").write_text("# something else\n")
    assert not bootstrap.complete(["requirements.txt"])


def test_complete_interpreter_gone_false(project: Path) -> None:
    (project / ".venv").mkdir()
    stamp = {"requirements.txt": bootstrap.digest("requirements.txt")}
    (project / ".venv" / "complete.json").write_text(json.dumps(stamp))
    assert not bootstrap.complete(["requirements.txt"])


def test_build_pip_fails_stamp_gone(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """An upgrade that failed halfway is no complete virtualenv any more."""
    monkeypatch.setattr(bootstrap, "runs", lambda: True)
    monkeypatch.setattr(bootstrap, "python", lambda: "/bin/false")
    (project / ".venv").mkdir()
    (project / ".venv" / "complete.json").write_text('{"requirements.txt": "older"}')
    assert bootstrap.main(["requirements.txt"]) == 2
    assert not (project / ".venv" / "complete.json").exists()
    assert capsys.readouterr().err.startswith("pip could not install the packages: mend what it says")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            "NewConnectionError: [Errno 111] Connection refused",
            "The packages could not be downloaded: check the network",
        ),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "A downloaded package differs from the pinned one"),
        ("ERROR: No matching distribution found for x", "A pinned package is not to be had for this Python"),
        ("Something else", "pip could not install the packages"),
    ],
)
def test_why_pip_failed_one_sentence(project: Path, said: str, sentence: str) -> None:
    (project / ".venv").mkdir()
    (project / ".venv" / "install.log").write_text(said)
    assert bootstrap.why().startswith(sentence)


def test_use_new_python_none_about_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    monkeypatch.setattr(bootstrap, "NEWER", ("no-such-python",))
    with pytest.raises(SystemExit) as ended:
        bootstrap.use_new_python()
    assert ended.value.code == 2
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert capsys.readouterr().err == (
        f"cxsurvey needs Python 3.11 or newer, this is {version}: "
        "install python3.11 and run `make demo PYTHON=python3.11`.\n"
    )


def test_source_readable_by_old_pythons() -> None:
    """Plain ASCII and no newer syntax: an old Python must get as far as the sentence."""
    source = Path(bootstrap.__file__).read_bytes()
    assert source.isascii()
    code = f"import ast; ast.parse({source.decode()!r}, feature_version=(3, 4))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
