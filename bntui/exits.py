"""How the program ends when something goes wrong: a sentence on stderr, an exit code, never a traceback."""

from __future__ import annotations

import errno
import logging
import os
import select
import sys
from collections.abc import Iterator

import click

from bntui import crashreport, log, paths
from bntui.config import DEFAULT_PROFILE
from bntui.errors import BntuiError, StateFolderError

CRASH = 70
"""A bug: EX_SOFTWARE of sysexits.h."""

INTERRUPTED = 130
"""Ctrl+c: 128 and the number of SIGINT, as shells count."""

PIPE_CLOSED = 141
"""The reader of stdout left: 128 and the number of SIGPIPE. Never 0, which would say «live»."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def explain(error: BaseException) -> int:
    """Say on stderr what ended the program, log the rest, and return the exit code."""
    causes = tuple(_leaves(error))
    if any(isinstance(cause, KeyboardInterrupt) for cause in causes):
        if sys.stderr.isatty():
            click.echo(err=True)  # ends the line on which the terminal shows ^C
        return INTERRUPTED
    if any(isinstance(cause, BrokenPipeError) for cause in causes) and _reader_left():
        return PIPE_CLOSED
    expected = tuple(filter(None, map(_expected, causes)))
    if len(expected) == len(causes):
        for text in dict.fromkeys(_sentences(known) for known in expected):
            _say(text)
        return expected[0].exit_code
    crash = next(cause for cause in causes if _expected(cause) is None)
    _say(f"crashed, which is a bug in bntui: {type(crash).__name__}: {crash}")
    _say(_keep_traceback(error))
    return CRASH


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _expected(cause: BaseException) -> BntuiError | None:
    """The error in words, where it is one that may happen to anybody."""
    if isinstance(cause, BntuiError):
        return cause
    if isinstance(cause, OSError) and cause.errno in _FULL:
        return StateFolderError("The disk is full.", "Make room and start again.")
    return None


def _sentences(error: BntuiError) -> str:
    return f"{error.message}\n  {error.hint}" if error.hint else error.message


def _say(text: str) -> None:
    try:
        click.echo(f"bntui: {log.printable(log.mask(text))}", err=True)
    except OSError:
        # Without a stderr there is nobody to tell; the exit code still says it.
        return


def _reader_left() -> bool:
    """Whether it was stdout that broke, not some socket. If so, drop it, so that the exit stays quiet."""
    try:
        sys.stdout.flush()
        poller = select.poll()
        poller.register(sys.stdout.fileno(), select.POLLOUT)
        gone = any(events & (select.POLLERR | select.POLLHUP) for _, events in poller.poll(0))
    except BrokenPipeError:
        gone = True
    except (OSError, ValueError):
        return False
    if gone:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, sys.stdout.fileno())
        os.close(sink)
    return gone


def _keep_traceback(error: BaseException) -> str:
    """Log the traceback and write a report of its own; returns the sentence that says where that is."""
    try:
        if log.active_file() is None:
            log.set_up(paths.log_file(DEFAULT_PROFILE, "bntui"))
    except (BntuiError, OSError) as problem:
        return f"the details could not be logged: {problem}"
    logging.getLogger(__name__).critical("crashed", exc_info=error)
    return f"the details are in {report_crash(error)}"


def report_crash(error: BaseException) -> str:
    """Write a report beside the log; returns where the details are: there, or in the log alone."""
    logged = log.active_file()
    if logged is None:
        return ""
    try:
        return str(crashreport.write(error, logged.parent))
    except OSError:
        # The disk may be what is wrong.
        return str(logged)
