"""Makes .venv from the pinned requirements: `python3 cxsurvey/bootstrap.py requirements.txt [...]`.

Standard library only, and written so that old Pythons can read it far enough to say that they are too old.
"""

from __future__ import print_function

import sys

sys.path[:1] = []  # this folder: its modules must not be taken for the standard library's

import hashlib
import json
import os
import shutil
import subprocess
import time

OLDEST = (3, 11)
NEWER = ("python3.11", "python3.12", "python3.13")
PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(PROJECT, ".venv")
STAMP = os.path.join(VENV, "complete.json")  # written last: without it the virtualenv counts as half-made
LOG = os.path.join(PROJECT, ".venv", "install.log")


class Trouble(Exception):
    """One sentence saying what is wrong and what to do."""


def main(files):
    """Bring .venv up to `files`; exit code 2 with one sentence when that cannot be done."""
    use_new_python()
    try:
        lock = lock_project()
        if complete(files):
            return 0
        build(files)
        os.close(lock)
    except Trouble as problem:
        print(problem, file=sys.stderr)
        return 2
    except OSError as problem:
        print("%s cannot be written (%s): make the project's folder writable." % (VENV, problem), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; the next `make` starts the installation again.", file=sys.stderr)
        return 130
    return 0


def use_new_python():
    """Carry on with a Python that is new enough, if one is about; else say so and stop."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER:
        with open(os.devnull, "w") as nothing:
            try:
                usable = subprocess.call([name, "-c", "import ensurepip"], stdout=nothing, stderr=nothing) == 0
            except OSError:
                usable = False
        if usable:
            os.execvp(name, [name] + sys.argv)
    version = "%d.%d" % sys.version_info[:2]
    print(
        "cxsurvey needs Python 3.11 or newer, this is %s: install python3.11 and run "
        "`make demo PYTHON=python3.11`." % version,
        file=sys.stderr,
    )
    sys.exit(2)


def lock_project():
    """Let one installation run at a time in this folder; the lock goes with the process."""
    import fcntl

    folder = os.open(PROJECT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("Waiting for another installation in this folder ...")
        fcntl.flock(folder, fcntl.LOCK_EX)
    return folder


def digest(name):
    with open(os.path.join(PROJECT, name), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def read_stamp():
    """Return what was installed to the end: {requirements file: digest}."""
    try:
        with open(STAMP) as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def complete(files):
    """Whether .venv holds exactly `files` and its interpreter still runs."""
    stamp = read_stamp()
    return all(stamp.get(name) == digest(name) for name in files) and runs()


def runs():
    """Whether the virtualenv's interpreter is there: the Python it was made from may be gone."""
    try:
        probe = [python(), "-c", "import pip"]
        return subprocess.call(probe, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/") == 0
    except OSError:
        return False


def python():
    return os.path.join(VENV, "bin", "python")


def build(files):
    """Install `files`, into the complete virtualenv of earlier requirements or else into a new one."""
    stamp, began = read_stamp(), time.time()
    if os.path.exists(STAMP):
        os.remove(STAMP)
    if not (stamp and runs()):
        stamp = {}
        make_empty()
    for name in files:
        if stamp.get(name) != digest(name):
            install(name)
            stamp[name] = digest(name)
    with open(STAMP + ".new", "w") as file:
        json.dump(stamp, file)
    os.rename(STAMP + ".new", STAMP)
    print("Installed in %.0f s." % (time.time() - began))


def make_empty():
    """Make a virtualenv with pip, after removing a half-made one."""
    try:
        import ensurepip
        import venv
    except ImportError:
        raise Trouble(
            "This Python has no `venv`: install it (Debian and Ubuntu: apt-get install python%d.%d-venv) "
            "and run the same command again." % sys.version_info[:2]
        )
    del ensurepip
    if os.path.islink(VENV):
        os.remove(VENV)
    shutil.rmtree(VENV, ignore_errors=True)
    if os.path.exists(VENV):
        raise Trouble("%s belongs to another account: remove it, or run as that account." % VENV)
    print("Making .venv with Python %d.%d ..." % sys.version_info[:2])
    sys.stdout.flush()
    try:
        venv.create(VENV, with_pip=True, symlinks=True)
    except subprocess.CalledProcessError as problem:
        raise Trouble("pip could not be put into %s: %s." % (VENV, problem))


def install(name):
    """Install one pinned file; only what carries a known hash is accepted."""
    with open(os.path.join(PROJECT, name)) as file:
        count = sum(1 for line in file if "==" in line)
    print("Installing %d packages of %s (one to three minutes) ..." % (count, name))
    sys.stdout.flush()
    command = [python(), "-m", "pip", "install", "--require-hashes", "--no-input", "--disable-pip-version-check"]
    command += ["--only-binary", ":all:", "--no-warn-script-location", "-r", name]
    with open(LOG, "a") as log:
        code = subprocess.call(command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    if code != 0:
        raise Trouble("%s See %s." % (why(), LOG))


def why():
    """Say in one sentence why pip failed, from what it wrote."""
    with open(LOG, errors="replace") as log:
        text = log.read()
    if "No space left" in text:
        return "The disk is full: free 1 GB and run the same command again."
    if "DO NOT MATCH THE HASHES" in text:
        return (
            "A downloaded package differs from the pinned one: check the package index that pip uses (PIP_INDEX_URL)."
        )
    words = ("NewConnectionError", "Connection refused", "Temporary failure", "timed out", "ProxyError", "SSLError")
    if any(word in text for word in words):
        return (
            "The packages could not be downloaded: check the network (or PIP_INDEX_URL) and run the same command again."
        )
    if "No matching distribution" in text or "Could not find a version" in text:
        return (
            "A pinned package is not to be had for this Python (%d.%d) and machine from pip's index: use Python 3.11 "
            "or 3.12 on Linux x86-64, check the network, and run the same command again." % sys.version_info[:2]
        )
    return "pip could not install the packages: mend what it says and run the same command again."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["requirements.txt"]))
