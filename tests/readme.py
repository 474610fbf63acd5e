"""The README's table of drivers, from the recorded matrix: `python -m tests.readme` writes it there."""

from collections.abc import Sequence
from pathlib import Path

from pgtui.core.experiment import Sharing, Yielding
from pgtui.matrix.cells import Cell, Verdict
from tests.ui.recordings import recorded_cells

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- made by python -m tests.readme -->\n", "<!-- until here -->\n"
NOTHING = "–"
"""What stands for a combination that the driver does not have."""


def table(cells: Sequence[Cell]) -> str:
    """A line a driver, a column a sharing mode; what differs with yielding stands behind an arrow."""
    told = {(cell.driver, cell.sharing, cell.yielding): words(cell) for cell in cells}
    lines = [["", *(sharing.label for sharing in Sharing)], ["---"] * (1 + len(Sharing))]
    for driver in dict.fromkeys(cell.driver for cell in cells):
        line = [f"`{driver}`"]
        for sharing in Sharing:
            alone, yielding = (told[driver, sharing, one] for one in Yielding)
            line.append(alone if alone == yielding else f"{alone} → {yielding}")
        lines.append(line)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def words(cell: Cell) -> str:
    """The cell in a few words. Who is refused asked for nothing, and one result is shared out: there none is lost."""
    if cell.verdict is Verdict.UNSUPPORTED:
        return NOTHING
    told = [cell.verdict.replace("-", " ")]
    if cell.verdict is not Verdict.REFUSED and cell.sharing is not Sharing.ONE_RESULT:
        most = "" if cell.same_every_run else "up to "
        told += [f"{most}{cell.lost} lost"] if cell.lost else []
        told += [f"{cell.foreign} foreign"] if cell.foreign else []
    return ", ".join(told)


def written(readme: str) -> str:
    """The README with the table as the recorded matrix gives it."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin, f"{README} has no line {BEGIN!r}"
    assert end, f"{README} has no line {END!r}"
    return f"{before}{BEGIN}{table(recorded_cells())}{END}{after}"


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
