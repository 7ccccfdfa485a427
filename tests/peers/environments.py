"""An environment of its own for each client, made on demand and kept in the user's cache folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from platformdirs import user_cache_path

from tests.peers.roster import Peer, Runtime

ROOT = Path(__file__).resolve().parents[2]
_READY = ".ready"
"""Marks an environment that was made to the end, and says what was asked for beside the client."""
_INSTALL_S = 600
_SHOWN = 5
"""Lines of an installer's complaint."""
_NOWHERE = "http://127.0.0.1:9"
"""A proxy that is none."""


class Skipped(Exception):
    """A client cannot run on this machine, and nobody is to blame."""


class NotInstalled(Exception):
    """A client's environment could not be made."""


def cache() -> Path:
    """Where the environments are."""
    return user_cache_path("bntui", appauthor=False) / "peers"


def _folder(peer: Peer) -> Path:
    return cache() / peer.package.replace("/", "+") / f"{peer.version}{_tail(peer)}"


def _tail(peer: Peer) -> str:
    python = f"-py{sys.version_info.major}.{sys.version_info.minor}"
    return python if peer.runtime is Runtime.PYTHON else ""


def is_ready(peer: Peer) -> bool:
    """Whether the environment is there already."""
    try:
        return (_folder(peer) / _READY).read_text() == _asked_beside(peer)
    except FileNotFoundError:
        return False


def _asked_beside(peer: Peer) -> str:
    return "\n".join(peer.beside)


def prepare(peer: Peer) -> None:
    """Make the environment, unless it is there; that of another version goes. Raises Skipped or NotInstalled,
    in words."""
    if peer.runtime is Runtime.NODE and not (shutil.which("node") and shutil.which("npm")):
        raise Skipped("skipped: there is no node, or no npm, on this machine")
    if is_ready(peer):
        return
    folder = _folder(peer)
    for older in folder.parent.glob(f"*{_tail(peer)}"):
        shutil.rmtree(older, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        _install(peer, folder)
    except NotInstalled:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    (folder / _READY).write_text(_asked_beside(peer))


def _install(peer: Peer, folder: Path) -> None:
    if peer.runtime is Runtime.PYTHON:
        _run(sys.executable, "-m", "venv", str(folder))
        pip = (str(folder / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check")
        _run(*pip, "install", f"{peer.package}=={peer.version}", *peer.beside)
    else:
        npm = ("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        _run(*npm, "--prefix", str(folder), f"{peer.package}@{peer.version}")


def _run(*command: str) -> None:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_INSTALL_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotInstalled(f"not installed within {_INSTALL_S} s: {' '.join(command)}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-_SHOWN:]
        raise NotInstalled("\n".join(["could not be installed:", *said]))


def command(peer: Peer, script: str) -> Sequence[str]:
    """What runs a script with the client; the addresses follow."""
    if peer.runtime is Runtime.PYTHON:
        return (str(_folder(peer) / "bin" / "python"), "-m", f"tests.peers.clients.{script}")
    return ("node", str(ROOT / "tests" / "peers" / "clients" / script))


def environ(peer: Peer, home: Path) -> Mapping[str, str]:
    """What the client sees of this machine: no settings, an empty home, and no way to the real exchange
    for those that heed proxies."""
    shared = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "HTTPS_PROXY": _NOWHERE,
        "https_proxy": _NOWHERE,
    }
    if peer.runtime is Runtime.PYTHON:
        return shared | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    return shared | {"NODE_PATH": str(_folder(peer) / "node_modules")}
