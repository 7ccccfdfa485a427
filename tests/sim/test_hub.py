"""Each message is made once for each shape, and everybody gets the shape that he asked for."""

from __future__ import annotations

from functools import partial

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from bntui.sim.hub import COMBINED, MICROSECONDS, Hub, Message, text_frame
from tests.sim.rig import Ear, audience


def test_everybody_gets_the_shape_that_he_asked_for() -> None:
    hub = Hub()
    ears = [Ear(shape) for shape in (0, COMBINED, MICROSECONDS, COMBINED | MICROSECONDS)]
    joined = [hub.join("币usdt@trade", ear) for ear in ears]
    assert joined[0] is not None
    assert joined[1:] == [None, None, None]
    joined[0].send(lambda micro: '{"T":5000}' if micro else '{"T":5}')
    assert [ear.texts for ear in ears] == [
        ['{"T":5}'],
        ['{"stream":"币usdt@trade","data":{"T":5}}'],
        ['{"T":5000}'],
        ['{"stream":"币usdt@trade","data":{"T":5000}}'],
    ]


def test_a_message_is_made_once_for_each_shape() -> None:
    hub, made = Hub(), list[bool]()
    for _ in range(10):
        hub.join("x@trade", Ear())
    hub.join("x@trade", Ear(MICROSECONDS))

    def render(micro: bool) -> str:
        made.append(micro)
        return "{}"

    hub.audiences["x@trade"].send(render)
    assert made == [False, True]
    assert hub.audiences["x@trade"].sent == 1


def test_shapes_may_change_while_somebody_listens() -> None:
    ear = Ear(0)
    stream = audience(ear)
    stream.send(lambda micro: "{}")
    ear.shape = COMBINED
    stream.send(lambda micro: "{}")
    assert ear.texts == ["{}", '{"stream":"btcusdt@trade","data":{}}']


def test_recorded_messages_are_passed_on_byte_for_byte() -> None:
    combined, raw = Ear(COMBINED), Ear(0)
    hub = Hub()
    stream = hub.join("a@trade", combined)
    hub.join("a@trade", raw)
    assert stream is not None
    stream.pass_on(Message(lambda micro: '{"x":1}', '{ "stream":"a@trade","data":{"x":1}}'))
    stream.pass_on(Message(lambda micro: '{"x":2}'))
    assert combined.texts == ['{ "stream":"a@trade","data":{"x":1}}', '{"stream":"a@trade","data":{"x":2}}']
    assert raw.texts == ['{"x":1}', '{"x":2}']


def test_who_wants_another_unit_of_time_gets_no_recorded_frame() -> None:
    ears = [Ear(COMBINED), Ear(COMBINED | MICROSECONDS)]
    hub = Hub()
    for ear in ears:
        hub.join("a@trade", ear)
    message = Message(lambda micro: "made", '{"stream":"a@trade","data":recorded}', COMBINED | MICROSECONDS)
    hub.audiences["a@trade"].pass_on(message)
    assert [ear.texts for ear in ears] == [
        ['{"stream":"a@trade","data":made}'],
        ['{"stream":"a@trade","data":recorded}'],
    ]


def test_the_first_to_come_and_the_last_to_go_are_told_apart() -> None:
    hub, one, two = Hub(), Ear(), Ear()
    stream = hub.join("a@trade", one)
    assert hub.join("a@trade", two) is None
    assert hub.join("a@trade", one) is None
    assert hub.leave(["a@trade", "never@heard"], one) == []
    assert hub.leave(["a@trade"], one) == []
    assert hub.leave(["a@trade"], two) == [stream]
    assert hub.audiences == {}


def test_faults_can_lose_and_repeat_messages() -> None:
    hub, ear = Hub(), Ear(0)
    stream = hub.join("a@trade", ear)
    assert stream is not None
    heard = []
    for copies in (0, 2, 1):
        hub.troubles = partial(repeated, copies)
        stream.send(lambda micro: "x")
        heard.append(len(ear.texts))
    assert heard == [0, 2, 3]
    assert stream.sent == 3, "what was lost was not sent"


def repeated(copies: int, stream: str, message: Message) -> list[Message]:
    assert stream == "a@trade"
    return [message] * copies


def test_a_ready_frame_is_a_servers_text_frame() -> None:
    for size in (5, 200, 70_000):
        reader = StreamReader()
        reader.feed_data(text_frame(b"x" * size))
        parsing = Frame.parse(reader.read_exact, mask=False, max_size=None, extensions=[])
        with pytest.raises(StopIteration) as whole:
            next(parsing)
        assert whole.value.value == Frame(Opcode.TEXT, b"x" * size)
