"""Each hazard shows on a real server, and its right way is clean."""

import pytest

from pgtui.guide import Hazard, hazards
from pgtui.guide.demonstrate import demonstrate
from pgtui.postgres import Target


@pytest.mark.live
@pytest.mark.parametrize("one", hazards(), ids=lambda one: one.id)
async def test_the_hazard_shows_and_its_right_way_is_clean(one: Hazard, target: Target) -> None:
    outcome = await demonstrate(one, target)

    for case in outcome.cases:
        if case.skipped is not None:
            continue
        assert case.shown, case.seen
        assert case.right_way_clean, case.seen
    if outcome.skipped is not None:
        pytest.skip(outcome.skipped)
