"""Ways for a connection to end: what a close code or a cause means to somebody who never read the RFC, and
what it asks of him. Data first; the first row that fits speaks."""

from __future__ import annotations

from dataclasses import dataclass

NO_CLOSE_FRAME = "lost without a close frame"
"""How the cause of a connection begins that broke off."""

SERVER_CLOSED = "closed by the server:"
"""How the cause of a connection begins that the server closed; code and reason follow."""

REPORT = "bntui should not have done that: please report it with this card."

HELD_UP = "Look at this machine's load at that time: something kept bntui, and maybe your bot, from running."

NETWORK = (
    "If it lasts or comes back, look at this machine's network; a bot here may have lost its connections too."
)

IP = "Every program on this IP address counts: see what else here talks to Binance, your bot first."


@dataclass(frozen=True, slots=True)
class Ending:
    """One row: when it fits, what it means, and what is left to the user."""

    closed_by: str
    """As in OutageView, or `planned`; every row is for one."""
    code: int | None = None
    """None: whatever the code."""
    holding: str = ""
    """Part of the cause, in lower case."""
    words: str = ""
    advice: str = ""
    """To be done now."""
    hint: str = ""
    """To be thought of, if it comes back."""


ENDINGS = (
    # The server closed it. Codes: RFC 6455, section 7.4.1, and IANA's registry of them; reasons of 1008 as
    # users report them (reference, section 1.6).
    Ending("server", holding="protocol error", words="what it sent broke the rules of websockets"),
    Ending("server", 1000, words="an ordinary end, such as of its 24 hours; nothing was wrong with it"),
    Ending("server", 1001, words="the server went away, as for a restart"),
    Ending("server", 1002, words="it took something that bntui sent for a breach of protocol", advice=REPORT),
    Ending("server", 1003, words="it did not take the kind of data that bntui sent", advice=REPORT),
    Ending("server", 1005, words="it named no reason"),
    Ending("server", 1007, words="it could not read what bntui sent", advice=REPORT),
    Ending(
        "server",
        1008,
        "too many requests",
        "bntui sent more in a second than the exchange allows; it sends more slowly now",
        REPORT,
    ),
    Ending(
        "server",
        1008,
        "pong timeout",
        "the exchange had asked for a sign of life, and got none in time",
        "Look at this machine's load and network at that time: something kept bntui from answering.",
    ),
    Ending("server", 1008, "invalid request", "it could not make sense of a request of bntui", REPORT),
    Ending("server", 1008, words="it says that bntui broke one of its rules", advice=REPORT),
    Ending("server", 1009, words="a message of bntui was too long for it", advice=REPORT),
    Ending("server", 1011, words="an error inside the exchange's server"),
    Ending("server", 1012, words="the server restarts"),
    Ending("server", 1013, words="the server has too much to do and asks to come back later"),
    Ending("server", 1014, words="a gateway before the exchange's server failed"),
    # The server did not let us in.
    Ending("server", holding="(403)", advice=IP),
    Ending("server", holding="(418)", advice=IP),
    Ending("server", holding="(429)", advice=IP),
    Ending("server", holding="(404)", advice="Check the address that was given with --stream-url."),
    # bntui gave it up.
    Ending(
        "bntui",
        holding="no frame for",
        words="the exchange sends pings all the time, and nothing came; the connection was open in name only",
        hint=NETWORK,
    ),
    Ending(
        "bntui",
        holding="no answer to our ping",
        words="nothing came back; the connection was open in name only",
        hint=NETWORK,
    ),
    Ending("bntui", holding="no answer to subscribe", words="the exchange did not take its subscriptions"),
    # bntui replaced it before it ended.
    Ending("planned", holding="24 hours", words="the exchange ends every connection after a day"),
    Ending(
        "planned", holding="announced its shutdown", words="the exchange restarts its servers now and then"
    ),
    Ending("planned", holding="silent without a reason", words="a new connection often brings them back"),
    # No way to it, or none any more.
    Ending("network", holding="bntui itself had stood still", advice=HELD_UP),
    Ending("server", holding="bntui itself had stood still", advice=HELD_UP),
    Ending(
        "network",
        holding="an error inside bntui",
        advice="Please report it, with what the log says of this time.",
    ),
    Ending(
        "network",
        holding="(dns)",
        words="this machine asked for the address of the exchange and was told none",
        hint="If it lasts, see whether this machine can look up names (DNS) at all.",
    ),
    Ending(
        "network",
        holding="tls",
        words="no safe connection could be agreed upon",
        advice="See whether this machine's clock is right, and whether something stands in between.",
    ),
    Ending("network", holding="proxy", advice="See to the proxy, or take it out of the environment."),
    Ending("network", holding="connection refused", words="at that address nobody takes connections now"),
    Ending("network", holding="no answer within", words="nothing at all came back", hint=NETWORK),
    Ending("network", hint=NETWORK),
)
"""The more particular rows stand before the general ones."""


def refusal(cause: str) -> Ending | None:
    """The row of an attempt to connect that was answered with advice worth giving; None for any other."""
    row = ending("server", None, cause)
    return row if row is not None and row.holding and row.advice else None


def ending(closed_by: str, code: int | None, cause: str) -> Ending | None:
    """The row that fits; None where there are no words for it."""
    said = cause.lower()
    for row in ENDINGS:
        if row.closed_by == closed_by and row.code in (None, code) and row.holding in said:
            return row
    return None
