"""Recordings are read whatever their times are in, and written so that they are read back."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.errors import UsageError
from bntui.tape import TapeLine, TapeWriter, read_tape, stamp_ns

NS = 1_723_161_253_937_085_768


@pytest.mark.parametrize(
    ("stamp", "ns"),
    [
        ("1723161253937085768", NS),
        ("1723161253937085", 1_723_161_253_937_085_000),
        ("1723161253937", 1_723_161_253_937_000_000),
        ("1723161253", 1_723_161_253_000_000_000),
        ("1723161253.937085768", NS),
        ("1633998511.132921", 1_633_998_511_132_921_000),
        ("1633998511.5", 1_633_998_511_500_000_000),
    ],
)
def test_the_magnitude_tells_the_unit(stamp: str, ns: int) -> None:
    assert stamp_ns(stamp) == ns


@pytest.mark.parametrize("stamp", ["", "x", "-5", "1.", ".5", "1.x", "1e9", "²", "9" * 25])
def test_other_stamps_are_none(stamp: str) -> None:
    with pytest.raises(ValueError, match="is no time"):
        stamp_ns(stamp)


@pytest.mark.parametrize("name", ["tape.txt", "tape.gz"])
def test_what_is_written_is_read_back(name: str, tmp_path: Path) -> None:
    lines = [TapeLine(NS + number, f'{{"币":{number}}}') for number in range(100)]
    with TapeWriter(tmp_path / name) as writer:
        for line in lines:
            writer.write(line.received_ns, line.text)
    assert list(read_tape([tmp_path / name])) == lines
    assert (tmp_path / name).read_bytes().startswith(b"\x1f\x8b") is name.endswith(".gz")


@given(st.lists(st.tuples(st.integers(10**17, 4 * 10**18), st.text()), max_size=5))
def test_frames_come_back_byte_for_byte(frames: list[tuple[int, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tape"
        with TapeWriter(path) as writer:
            kept = []
            for received_ns, text in frames:
                frame = f'{{"x":"{"".join(char for char in text if char.isalnum())}"}}'
                writer.write(received_ns, frame)
                kept.append(TapeLine(received_ns, frame))
        assert list(read_tape([path])) == kept


def test_files_follow_one_another(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / str(number)).write_text(f"170000000{number} {{}}\n\n")
    lines = read_tape([tmp_path / "2", tmp_path / "1"])
    assert [line.received_ns for line in lines] == [1_700_000_002 * 10**9, 1_700_000_001 * 10**9]


@pytest.mark.parametrize("tail", ["170000", '1700000002 {"a":', '1700000002 {"a":{"b":1}'])
def test_a_last_line_that_was_cut_off_is_left_out(tail: str, tmp_path: Path) -> None:
    path = tmp_path / "tape"
    path.write_text("1700000001 {}\n" + tail)
    assert len(list(read_tape([path]))) == 1


def test_recorders_write_in_other_ways_too(tmp_path: Path) -> None:
    path = tmp_path / "tape"
    path.write_text(
        "configuration: {}\n"
        "wss://stream.example/stream?streams=btcusdt@trade\n"
        '1633998512.5 <- {"method":"SUBSCRIBE"}\n'
        '1633998512.5: {"a":1}\n'
        'https://api.example/depth?symbol=BTCUSDT -> 1633998513.25: {"b":2}\n'
        '{"E":1633998514000,"c":3}\n'
        '{"d":4}\n'
    )
    assert list(read_tape([path])) == [
        TapeLine(1_633_998_512_500_000_000, '{"a":1}'),
        TapeLine(1_633_998_513_250_000_000, '{"b":2}', "https://api.example/depth?symbol=BTCUSDT"),
        TapeLine(1_633_998_514_000_000_000, '{"E":1633998514000,"c":3}'),
        TapeLine(1_633_998_514_000_000_000, '{"d":4}'),
    ]


def test_a_whole_last_line_needs_no_newline(tmp_path: Path) -> None:
    path = tmp_path / "tape"
    path.write_text('1700000001 {}\n1700000002 {"a":1}')
    assert len(list(read_tape([path]))) == 2


def test_a_gzip_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "tape.gz"
    whole = gzip.compress(
        b"".join(b'%d {"a":%d}\n' % (NS + number, number * 7919) for number in range(9_999))
    )
    path.write_bytes(whole[: len(whole) // 2])
    assert 1_000 < len(list(read_tape([path]))) < 9_999


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"1700000001 {}\nhello {}\n", "line 2: 'hello' is no time"),
        (b"\xff\xfe {}\n", "line 1"),
        (b'{"a":1}\n', "line 1: the first frame has neither a time of receipt nor an event time"),
    ],
)
def test_what_is_no_recording_is_named_with_its_line(content: bytes, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "tape"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=complaint) as error:
        list(read_tape([path]))
    assert str(path) in str(error.value)


@pytest.mark.parametrize("name", ["missing", "broken.gz"])
def test_what_cannot_be_read_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "broken.gz").write_bytes(b"this is no gzip")
    with pytest.raises(UsageError, match="cannot be read"):
        list(read_tape([tmp_path / name]))


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "tape"
    path.write_text("precious")
    with pytest.raises(UsageError, match="cannot be written"):
        TapeWriter(path)
    assert path.read_text() == "precious"


def test_a_frame_is_one_line(tmp_path: Path) -> None:
    with TapeWriter(tmp_path / "tape") as writer, pytest.raises(ValueError, match="single line"):
        writer.write(NS, "{\n}")
