"""Makes the pictures in `screenshots/`: the program itself, on its embedded exchange, with a fixed seed.

`python -m tests.support.screenshots [NAME…]`; without a name all of them. Each is an SVG that Textual writes
and, where a Chromium is installed, a PNG of it: others that draw SVG drop the spaces at the ends of texts.
"""

from __future__ import annotations

import asyncio
import html
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len

from tests.support.terminal import terminal

FOLDER = Path(__file__).parents[2] / "screenshots"

SEED = "7"

SYMBOLS = (
    *("BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT", "XRPUSDT", "DOGEUSDT", "ADAUSDT", "BNBETH", "ETHBTC"),
    *("BTCUSDT.usdm", "ETHUSDT.usdm", "SOLUSDT.usdm", "XRPUSDT.usdm"),
    *("BTCUSD_PERP.coinm", "ETHUSD_PERP.coinm"),
)
"""A watchlist as somebody may have one."""

ALERTS = """
[[alerts]]
name = "btc-low"
kind = "price_below"
symbols = ["BTCUSDT"]
value = 92000

[[alerts]]
name = "wide"
kind = "spread"
symbols = ["BNBETH"]
value = 15

[[alerts]]
name = "large-fill"
kind = "fill"
value = 500
"""

AT_ONCE = 3
"""Each picture is an exchange, an engine and a screen: more of them at once would be late."""

PATIENCE_S = 120.0
"""After its picture a drill goes on to its judgement."""

_SIZE = re.compile(r'viewBox="0 0 ([0-9]+)[0-9.]* ([0-9]+)')

_TEXT = re.compile(r'(?P<head><text [^>]*textLength=")(?P<width>[0-9.]+)(?P<rest>"[^>]*>)(?P<said>[^<]+)<')

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class NoPicture(Exception):
    """The program did not come so far; what it said last."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: what is run, on a terminal of which size, what is pressed, and when it is taken."""

    name: str
    words: tuple[str, ...]
    keys: tuple[str, ...] = ()
    width: int = 120
    height: int = 30
    settle_s: int = 20
    """From the first frame until the first key: until the market has something to tell."""
    after_s: int = 3
    """From the last key until the picture."""
    settings: str = ""
    """What stands in the settings file."""

    @property
    def pressed(self) -> str:
        """The keys in Textual's words, behind the pause for the market."""
        return ",".join((f"wait:{self.settle_s * 1000}", *self.keys))

    @property
    def taken_s(self) -> int:
        """When it is taken."""
        waits = sum(int(key.partition(":")[2]) for key in self.keys if key.startswith("wait:"))
        return self.settle_s + waits // 1000 + self.after_s


def demo(*options: str) -> tuple[str, ...]:
    """The demo with all of its markets."""
    return ("demo", "--seed", SEED, "--market", "all", *options, *SYMBOLS)


PICTURES = (
    Picture("watchlist", demo(), height=22, settle_s=45),
    Picture("watchlist-light", demo("--theme", "bntui-light"), height=22, settle_s=45),
    Picture("watchlist-blue-orange", demo("--theme", "bntui-blue-orange"), height=22, settle_s=45),
    Picture("watchlist-80x24", demo(), width=80, height=24),
    Picture("columns", demo(), ("c", "j", "j", "space")),
    Picture("add", demo(), ("a", "a", "v", "a")),
    Picture("help", demo(), ("question_mark",), height=36),
    Picture("connections", demo(), ("2", "r"), width=140, height=32, after_s=20),
    Picture("streams", demo(), ("2", "enter"), after_s=15),
    Picture("symbol", demo(), ("enter",), height=40, after_s=20),
    Picture("candles", demo(), ("enter", "wait:4000", "tab", "tab", "backslash", *"vhhh"), height=40),
    Picture("fills", demo(), ("5",), width=140),
    Picture("orders", demo(), ("6",), width=140),
    Picture("account", demo(), ("7",), width=140),
    Picture("alerts", demo(), ("8",), settings=ALERTS),
    Picture("blind", ("drill", "silent-stall"), height=16, settle_s=17),
    Picture("night", ("drill", "silent-stall"), ("z",), width=80, height=24, settle_s=17),
    Picture("engine-silent", ("drill", "hung-engine"), height=16, settle_s=8, after_s=2),
    Picture("incidents", ("drill", "abrupt-close"), ("3",), height=32, settle_s=22),
)


async def take(picture: Picture, folder: Path) -> Path:
    """Run the program until it has written its picture, and the same as PNG if a browser is here."""
    svg = folder / f"{picture.name}.svg"
    with tempfile.TemporaryDirectory() as places:
        file = Path(places, "config.toml")
        await asyncio.to_thread(file.write_text, picture.settings, encoding="utf-8")
        told = {
            **os.environ,
            "BNTUI_STATE_DIR": f"{places}/state",
            "BNTUI_CONFIG": str(file),
            "TEXTUAL_PRESS": picture.pressed,
            "TEXTUAL_SCREENSHOT": str(picture.taken_s),
            "TEXTUAL_SCREENSHOT_LOCATION": str(folder),
            "TEXTUAL_SCREENSHOT_FILENAME": svg.name,
        }
        svg.unlink(missing_ok=True)
        size = {"width": picture.width, "height": picture.height}
        async with terminal(*picture.words, **size, environment=told) as at:
            await at.ended(PATIENCE_S)
        if not svg.exists():
            raise NoPicture(f"{picture.name}: bntui ended before its picture: {at.text[-500:].strip()}")
        await asyncio.to_thread(_mend_widths, svg)
        await _as_png(svg, Path(places))
    return svg


def _mend_widths(svg: Path) -> None:
    """Textual gives each text the width of its characters, and not of its cells: wide ones are squeezed."""

    def mended(text: re.Match[str]) -> str:
        said = html.unescape(text["said"])
        if (cells := cell_len(said)) == len(said):
            return text[0]
        width = float(text["width"]) / len(said) * cells
        return f"{text['head']}{width:g}{text['rest']}{text['said']}<"

    svg.write_text(_TEXT.sub(mended, svg.read_text(encoding="utf-8")), encoding="utf-8")


async def _as_png(svg: Path, profile: Path) -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    size = _SIZE.search(await asyncio.to_thread(svg.read_text, encoding="utf-8"))
    if browser is None or size is None:
        print(f"{svg.name}: no PNG, which needs one of {', '.join(BROWSERS)}", file=sys.stderr)
        return
    run = await asyncio.create_subprocess_exec(
        *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
        *(f"--user-data-dir={profile}", f"--window-size={size[1]},{size[2]}"),
        *(f"--screenshot={svg.with_suffix('.png')}", svg.as_uri()),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await run.wait()


async def take_all(pictures: list[Picture], folder: Path) -> bool:
    """Take them, a few at once. Were all of them taken?"""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(picture: Picture) -> bool:
        async with free:
            try:
                print(await take(picture, folder), flush=True)
            except TimeoutError:
                print(f"{picture.name}: no picture after {PATIENCE_S:g} s", file=sys.stderr)
                return False
            except NoPicture as error:
                print(error, file=sys.stderr)
                return False
            return True

    return all(await asyncio.gather(*map(one, pictures)))


def main() -> int:
    """Take those that are named, or all. 1 if one could not be taken."""
    wanted = sys.argv[1:]
    chosen = [each for each in PICTURES if not wanted or each.name in wanted]
    return 0 if asyncio.run(take_all(chosen, FOLDER)) else 1


if __name__ == "__main__":
    sys.exit(main())
