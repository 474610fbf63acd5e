"""The matrix in words: a cell in a few characters, what it means in a sentence, and a cell as plain data. Pure.

Meaning never hangs on colour: a verdict has a glyph and a word, rows lost or foreign a glyph and a number.
"""

from typing import Any

from pgtui.matrix.cells import Cell, Verdict

GLYPHS: dict[Verdict, str] = {
    Verdict.BLOCKS: "■",
    Verdict.MIX: "≈",
    Verdict.ROUND_ROBIN: "○",
    Verdict.REFUSED: "Ø",
    Verdict.ERRORS: "×",
    Verdict.UNSUPPORTED: "·",
}
"""One cell wide each, from the set that the fonts of common terminals have."""

WORDS: dict[Verdict, str] = {one: one.value for one in Verdict} | {Verdict.ROUND_ROBIN: "in turn"}
"""A verdict on the screen, where a word has to leave room for the marks beside it."""

LOST, FOREIGN, DIFFERS = "□", "←", "≠"

LEGEND: dict[Verdict, str] = {
    Verdict.BLOCKS: "no task failed; each task's rows came in one stretch",
    Verdict.MIX: "no task failed; rows of several tasks came mixed",
    Verdict.ROUND_ROBIN: "no task failed; tasks took strict turns, a row each",
    Verdict.REFUSED: "the driver turned tasks away before their first row",
    Verdict.ERRORS: "tasks failed on the way",
    Verdict.UNSUPPORTED: "the driver has no such thing, or is not installed",
}
"""What each verdict means, in the order in which verdicts are told."""

MARKS: dict[str, str] = {
    LOST: "rows lost",
    FOREIGN: "rows that reached the wrong task",
    DIFFERS: "not the same every run",
}


def marks(cell: Cell) -> str:
    """What the verdict does not say: `□4 ←3 ≠` for rows lost, rows foreign, and differs from run to run."""
    told = [f"{LOST}{cell.missed:,}"] if cell.missed else []
    told += [f"{FOREIGN}{cell.foreign:,}"] if cell.foreign else []
    told += [DIFFERS] if cell.same_every_run is False else []
    return " ".join(told)


def short(cell: Cell) -> str:
    """The cell in a few characters: `× errors □4`."""
    return f"{GLYPHS[cell.verdict]} {cell.verdict} {marks(cell)}".rstrip()


def meaning(cell: Cell) -> str:
    """What the cell says on the screen, in one to four sentences."""
    if cell.reason is not None:
        return cell.reason
    told = [_verdict_words(cell)]
    if cell.missed:
        told.append(f"{_rows(cell.missed)} lost.")
    elif cell.shared_out:
        told.append("There is one result for all, and none of its rows is lost.")
    if cell.foreign:
        quiet = "" if cell.errors else ", and no exception told of it"
        told.append(f"{_rows(cell.foreign)} reached the wrong task{quiet}.")
    return " ".join([*told, _repeats(cell)])


def order_words(cell: Cell, most: int = 12) -> str:
    """How the rows of the first run arrived: `green 1, pink 1, teal 3`."""
    told = [f"{name} {count:,}" for name, count in cell.order[:most]]
    return ", ".join([*told, "…"] if len(cell.order) > most else told) or "no row arrived"


def cell_report(cell: Cell) -> dict[str, Any]:
    """One cell as `pgtui matrix --json` prints it; fields are added, never renamed."""
    return {
        "driver": cell.driver,
        "sharing": cell.sharing.value,
        "yielding": cell.yielding.value,
        "verdict": cell.verdict.value,
        "same_every_run": cell.same_every_run,
        "lost": cell.lost,
        "foreign": cell.foreign,
        "errors": dict(cell.errors),
        "messages": dict(cell.messages),
        "reason": cell.reason,
        "reading": cell.experiment.reading.value,
        "runs": [one.value for one in cell.runs],
        "order": [list(stretch) for stretch in cell.order],
        "orders": cell.orders,
        "shared_out": cell.shared_out,
    }


def _verdict_words(cell: Cell) -> str:
    if cell.verdict is Verdict.BLOCKS:
        readers = len({name for name, _ in cell.order})
        return (
            "Each task's rows came in one stretch."
            if readers != 1 or cell.experiment.tasks == 1
            else "One task got all the rows there were, in one stretch."
        )
    if cell.verdict is Verdict.MIX:
        return "Rows of several tasks came mixed."
    if cell.verdict is Verdict.ROUND_ROBIN:
        return "Tasks took strict turns, a row each."
    met = ", ".join(f"{count:,} × {name.rsplit('.', 1)[-1]}" for name, count in cell.errors.items())
    if cell.verdict is Verdict.REFUSED:
        return f"The driver turned tasks away before their first row: {met}."
    return f"Tasks failed on the way: {met}."


def _repeats(cell: Cell) -> str:
    runs = len(cell.runs)
    if runs == 1:
        return "One run."
    if cell.same_every_run:
        return f"The same in {runs:,} of {runs:,} runs."
    counts = {one: cell.runs.count(one) for one in Verdict if one in cell.runs}
    split = f" ({', '.join(f'{count:,} {WORDS[one]}' for one, count in counts.items())})" if len(counts) > 1 else ""
    orders = f"{cell.orders:,} orders" if cell.orders > 1 else "one order"
    return f"Not the same every run: {orders} in {runs:,} runs{split}."


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}"
