"""Pacing: painting takes no more of the loop than its share, whatever a frame costs."""

from itertools import pairwise

import pytest

from pgtui.ui.pacing import FRAME, SHARE, SLOWEST_FRAME, Pacing

MILLISECOND = 1_000_000


def frames(pacing: Pacing, seconds: float, cost: int, *, key_every: int = 0) -> tuple[list[int], int]:
    """When frames of this cost were painted, and what was spent in all, keys that cost as much included."""
    begun, spent, now, key = [], 0, 10**12, 10**12 + key_every
    end = now + int(seconds * 1e9)
    while now < end:
        if pacing.is_due(now):
            pacing.begin(now)
            begun.append(now)
            pacing.spend(cost)
            now, spent = now + cost, spent + cost
        if key_every and now >= key:
            pacing.spend(cost)
            now, spent, key = now + cost, spent + cost, key + key_every
        now += MILLISECOND
    return begun, spent


def test_cheap_frames_come_as_often_as_frames_may() -> None:
    begun, _ = frames(Pacing(), 10, MILLISECOND)
    assert 10e9 / FRAME * 0.95 <= len(begun) <= 10e9 / FRAME + 1


@pytest.mark.parametrize("cost", [6, 10, 30, 44])
def test_costly_frames_take_their_share_and_no_more(cost: int) -> None:
    begun, spent = frames(Pacing(), 20, cost * MILLISECOND)
    assert spent / 20e9 == pytest.approx(SHARE, rel=0.1)
    assert len(begun) == pytest.approx(20e3 * SHARE / cost, rel=0.1)


def test_what_keys_paint_is_paid_back_too() -> None:
    begun, spent = frames(Pacing(), 20, 5 * MILLISECOND, key_every=200 * MILLISECOND)
    assert spent / 20e9 == pytest.approx(SHARE, rel=0.1)
    assert len(begun) > 20 * 10


def test_a_frame_comes_twice_a_second_whatever_it_costs() -> None:
    begun, _ = frames(Pacing(), 20, 300 * MILLISECOND)
    assert max(b - a for a, b in pairwise(begun)) <= SLOWEST_FRAME + 2 * MILLISECOND


def test_one_slow_frame_is_forgiven() -> None:
    pacing = Pacing()
    frames(pacing, 1, 300 * MILLISECOND)
    begun, _ = frames(pacing, 5, 4 * MILLISECOND)
    assert len(begun) > 5 * 15


def test_frames_are_costly_when_the_one_before_cannot_come_at_every_turn() -> None:
    pacing = Pacing()
    assert not pacing.is_costly
    for cost, costly in ((int(FRAME * SHARE) + 1, True), (int(FRAME * SHARE) - 1, False)):
        pacing.begin(pacing._began + FRAME)
        pacing.spend(cost)
        pacing.begin(pacing._began + FRAME)
        assert pacing.is_costly is costly
