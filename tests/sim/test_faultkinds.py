"""What a row of the table of faults is."""

from __future__ import annotations

from bntui.sim import faultwords as word
from bntui.sim.faultkinds import Kind, chosen, each, lasting
from bntui.sim.faultwords import read_words
from tests.sim.test_faults import Place


def test_one_that_lasts_may_be_told_how_long() -> None:
    kind = lasting("Something.", word.CONNECTIONS)
    assert kind.lasts
    assert [one.name for one in kind.words] == ["connections", "for"]


def test_only_the_connections_that_are_meant_are_hit_and_set_right_again() -> None:
    place = Place()
    words = read_words([word.CONNECTIONS], {"connections": [2]})
    assert [victim.number for victim in chosen(place, words)] == [2]
    undo = each(lambda victim, _: victim.abort(), lambda victim, _: victim.end_life())(place, words)
    assert undo is not None
    undo()
    assert [victim.done for victim in place.connections] == [[], ["abort", "end of life"]]


def test_who_is_gone_is_not_set_right() -> None:
    place = Place()
    words = read_words([word.CONNECTIONS], {})
    gone = place.connections[0]
    undo = each(lambda victim, _: victim.abort(), lambda victim, _: victim.end_life())(place, words)
    place.connections = place.connections[1:]
    assert undo is not None
    undo()
    assert gone.done == ["abort"]


def test_a_row_says_what_it_does() -> None:
    assert Kind("Something.").as_json() == {"does": "Something.", "words": {}}
