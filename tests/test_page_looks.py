"""How each state of the page looks, pixel by pixel, against the pictures in `tests/looks`.

`make test-looks` compares; `make looks` takes them anew after a change that is meant: look at each before it is committed.
Letters are drawn differently by another browser and with other fonts, so pictures are compared only where those are the
reference's (`reference.json`); anywhere else the test is skipped and says so.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page

from tests.browsers import DESKTOP, PHONE, PageServer, open_page
from tests.test_page_accessibility import bring_about

FOLDER = Path(__file__).parent / "looks"
REFERENCE = FOLDER / "reference.json"
RENEW = bool(os.environ.get("RENEW_LOOKS"))
STATES = ["start", "answer", "unanswered", "gentle", "urgent", "tile", "sheet", "doctor"]
SIZES = {"phone": PHONE, "desktop": DESKTOP}
THEMES: list[Literal["light", "dark"]] = ["light", "dark"]
COLOURS = 32  # of a picture that is kept
NEAR = 24  # of 255: what is taken for the same colour
MOST_OTHER = 0.001  # of the pixels: a caret, the edge of a letter
TODAY = datetime(2026, 11, 30, 12, tzinfo=UTC)  # stands on the page for a doctor
FONTS = """() => ["--serif", "--sans"].map((family) => {
  const said = Object.assign(document.createElement("span"), { textContent: "Hamburgefonstiv 0123 “é” ↗ اسأل 症" });
  said.style.cssText = `position: absolute; font: 100px var(${family}); white-space: nowrap`;
  document.querySelector(".app").append(said);
  const { width, height } = said.getBoundingClientRect();
  said.remove();
  return [width, height];
})"""

# No caret, which blinks, and an address without the port of this run.
SETTLED = """() => {
  document.activeElement.blur();
  for (const link of document.querySelectorAll(".doctor cite a")) {
    link.textContent = link.textContent.replace(location.origin, "https://example.org");
  }
}"""


def compared(seen: Image.Image, kept: Image.Image, /) -> tuple[float, Image.Image]:
    """The share of pixels that differ, and a picture of where."""
    if seen.size != kept.size:
        return 1.0, seen
    bands = ImageChops.difference(seen.convert("RGB"), kept.convert("RGB")).split()
    largest = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    other = largest.point([255 * (value > NEAR) for value in range(256)])
    return other.histogram()[255] / (seen.width * seen.height), other


@pytest.fixture(scope="module")
def reference(browser: Browser, page_server: PageServer) -> None:
    """Skips, loudly, where letters are drawn otherwise than where the pictures were taken."""
    page = open_page(browser.new_page(), page_server.url)
    here = {"chromium": browser.version.split(".")[0], "fonts": page.evaluate(FONTS)}
    page.close()
    if RENEW:
        FOLDER.mkdir(exist_ok=True)
        REFERENCE.write_text(json.dumps(here) + "\n", encoding="utf-8")
    elif (there := json.loads(REFERENCE.read_text(encoding="utf-8"))) != here:
        pytest.skip(f"THE LOOKS WERE NOT COMPARED: the pictures were taken with {there}, here is {here}.")


@pytest.fixture(params=SIZES)
def sized(request: pytest.FixtureRequest, browser: Browser, page_server: PageServer) -> Iterator[tuple[str, Page]]:
    is_phone = request.param == "phone"
    with browser.new_context(
        viewport=SIZES[request.param], locale="en-GB", reduced_motion="reduce", has_touch=is_phone, is_mobile=is_phone
    ) as context:
        page = context.new_page()
        page.clock.set_fixed_time(TODAY)
        yield request.param, open_page(page, page_server.url)


@pytest.mark.slow
@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize("state", STATES)
def test_each_state_looks_as_its_picture(sized: tuple[str, Page], state: str, tmp_path: Path) -> None:
    size, page = sized
    bring_about(page, state)
    page.evaluate(SETTLED)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        kept = FOLDER / f"{state}-{size}-{theme}.png"
        page.screenshot(path=tmp_path / kept.name)
        whole = Image.open(tmp_path / kept.name).convert("RGB")
        seen = whole.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)  # as the kept one was
        if RENEW:
            seen.save(kept, optimize=True)
        share, where = compared(seen, Image.open(kept))
        where.save(tmp_path / f"other-{kept.name}")
        assert share <= MOST_OTHER, f"{share:.2%} of {kept.name} is other; see {tmp_path}, or `make looks` if it is meant"


def test_a_quote_that_moved_by_two_pixels_or_lost_its_colour_is_seen() -> None:
    for size in SIZES:
        kept = Image.open(FOLDER / f"answer-{size}-light.png").convert("RGB")
        pale = kept.point([round(value * 0.85) for value in range(256)] * 3)
        assert compared(kept, kept)[0] == 0
        assert min(compared(other, kept)[0] for other in (ImageChops.offset(kept, 0, 2), pale)) > MOST_OTHER


def test_all_pictures_together_are_light_and_none_is_left_over() -> None:
    pictures = list(FOLDER.glob("*.png"))
    assert {path.stem for path in pictures} == {
        f"{state}-{size}-{theme}" for state in STATES for size in SIZES for theme in THEMES
    }
    assert sum(path.stat().st_size for path in pictures) <= 1_500_000
