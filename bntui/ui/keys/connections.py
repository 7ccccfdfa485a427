"""Keys of the connections and of what they carry."""

from __future__ import annotations

from bntui.ui.keys.key import Key, KeyGroup

CONNECTIONS = KeyGroup(
    "Connections",
    (
        Key(
            "connections.streams",
            "enter",
            "streams",
            "streams",
            "The streams of the shard, the worst first; all that is known of a user stream",
        ),
        Key(
            "connections.rotate",
            "r",
            "rotate",
            "rotate",
            "Change the connection without loss; try the refused key of a user stream again",
            changes=True,
        ),
    ),
)

STREAMS = KeyGroup(
    "Streams of a shard",
    (Key("streams.back", "escape,backspace", "back", "back", "Back to the connections"),),
)

USER_STREAM = KeyGroup(
    "A user stream",
    (
        Key("user_stream.back", "escape,backspace", "back", "back", "Back to the connections"),
        Key(
            "user_stream.renew",
            "r",
            "renew",
            "renew",
            "Another connection without loss; a key that was refused is tried again",
            changes=True,
        ),
        Key(
            "user_stream.accept",
            "a",
            "accept",
            "accept",
            "Take the account as it is: what no fill explains is known to you",
            changes=True,
        ),
    ),
)
