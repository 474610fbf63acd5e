"""The README's pictures are what the code draws today, of recipes as they are today."""

import re
import sys

import pytest

from pgtui.drivers.registry import driver
from tests.ui.pictures import PICTURES, SCENES, picture
from tests.ui.recordings import RECORDINGS, recorded

ANEW = "Made anew by: python -m tests.ui.pictures"
TEXT = re.compile(r"<text[^>]*>([^<]*)</text>")


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="The pictures are Python 3.11's; others draw a few cells differently."
)
@pytest.mark.parametrize("name", SCENES)
async def test_a_picture_is_what_the_code_draws(name: str) -> None:
    old, new = (PICTURES / f"{name}.svg").read_text(encoding="utf-8"), await picture(SCENES[name])
    # The texts first: pytest tells their first difference, and that of two files of 100 kB is no reading.
    assert TEXT.findall(old) == TEXT.findall(new), ANEW
    assert (old == new) is True, f"Other colours or places. {ANEW}"


def test_there_is_no_picture_that_nothing_makes() -> None:
    assert {file.stem for file in PICTURES.iterdir()} == set(SCENES)


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recorded_run_is_of_the_recipe_as_it_is(name: str) -> None:
    header, wanted = recorded(name).header, RECORDINGS[name]
    assert header.experiment == wanted
    today = driver(wanted.driver).load().recipe(wanted.sharing, wanted.reading).source()
    texts = [[text for _, text in source.lines] for source in (header.source, today)]
    assert texts[0] == texts[1], "Recorded anew by: python -m tests.ui.recordings, and then tests.ui.pictures"
