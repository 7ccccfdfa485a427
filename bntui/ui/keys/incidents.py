"""Keys of what was lost and told: incidents, alerts, the 3 a.m. mode."""

from __future__ import annotations

from bntui.ui.keys.key import Key, KeyGroup

INCIDENTS = KeyGroup(
    "Incidents",
    (
        Key(
            "incidents.copy_day",
            "Y",
            "copy_day",
            "copy day",
            "Copy the incident's whole day as Markdown",
        ),
    ),
)

ALERTS = KeyGroup(
    "Alerts",
    (
        Key(
            "alerts.acknowledge",
            "a",
            "acknowledge",
            "ack",
            "Say that you know, with a note: it is not made known again while it lasts",
            priority=True,
            changes=True,
        ),
        Key(
            "alerts.acknowledge_all",
            "A",
            "acknowledge_all",
            "all",
            "Say so of every alert that lasts",
            changes=True,
        ),
    ),
)

ACKNOWLEDGE = KeyGroup(
    "Acknowledging an alert",
    (
        Key("acknowledge.accept", "enter", "accept", "acknowledge", "Acknowledge, with the note or without"),
        Key("acknowledge.close", "escape", "close", "close", "Close"),
    ),
)

NIGHT = KeyGroup(
    "3 a.m. mode",
    (
        Key("night.back", "escape,backspace", "app.night", "back", "Back to where you were"),
        Key(
            "night.acknowledge",
            "a",
            "acknowledge",
            "acknowledge",
            "Say that you know of the newest alert",
            changes=True,
        ),
    ),
)
