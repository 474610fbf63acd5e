"""Made entries, outcomes and demonstrations of hazards: what a run on PostgreSQL 18 gave, written down."""

from pgtui.core.trace import RecipeSource, Trace
from pgtui.guide import Hazard, Outcome, Side, Verdict, hazard
from pgtui.guide.demonstrate import Demonstration
from pgtui.guide.hazard import CaseOutcome
from pgtui.ui.entries import Entry, Recipes
from pgtui.ui.showing import Showing
from tests.ui.matrices import SERVER
from tests.ui.traces import new_connection, shared_cursor

HAZARD = """\
async def share_cursor(run: Run, each: Each) -> None:
    async with (
        await psycopg.AsyncConnection.connect(run.dsn) as connection,
        connection.cursor() as cursor,
    ):
        await run.gather(each, cursor)

async def execute_and_iterate(task: Task, cursor: Cursor) -> None:
    await cursor.execute(task.query)
    async for row in cursor:
        task.row(row)
        await asyncio.sleep(0)
"""
RIGHT_WAY = """\
async def share_connection(run: Run, each: Each) -> None:
    async with await psycopg.AsyncConnection.connect(run.dsn) as connection:
        await run.gather(each, connection)

async def cursor_each(task: Task, connection: Connection) -> None:
    async with connection.cursor() as cursor:
        await cursor.execute(task.query)
        async for row in cursor:
            task.row(row)
            await asyncio.sleep(0)
"""

LOST = Verdict(
    True, "Rows arrived as green 1, pink 1, teal 3; 4 were lost, and green and pink met 'no result available'."
)
CLEAN = Verdict(True, "all tasks done, 9 rows, none lost, none foreign.")


def source(text: str) -> RecipeSource:
    return RecipeSource("made", tuple(enumerate(text.splitlines(), 40)))


def made_entry(number: int) -> Entry:
    """What might have been read: the recipes are those of the first hazard, and a last driver is not there."""
    one = hazard(str(number))
    drivers = one.drivers
    recipes = [Recipes(name, source(HAZARD), source(RIGHT_WAY)) for name in drivers[: max(1, len(drivers) - 1)]]
    recipes += [
        Recipes(name, missing=f"The driver {name} is not installed. Install it: pip install {name}")
        for name in drivers[len(recipes) :]
    ]
    places = tuple(f"{place.file}:{100 + n} {place.function}" for n, place in enumerate(one.places))
    return Entry(one, places, tuple(recipes))


def made_outcome(
    number: int, *, shown: bool = True, clean: bool = True, seen: str = LOST.seen, skipped: str | None = None
) -> Outcome:
    """How a hazard might have fared, in all of its cases alike."""
    one = hazard(str(number))
    cases = tuple(
        CaseOutcome(driver=case.driver, skipped=skipped)
        if skipped is not None
        else CaseOutcome(
            driver=case.driver, shown=shown, right_way_clean=clean, seen=seen, right_way_seen=CLEAN.seen, tries=1
        )
        for case in one.cases
    )
    return Outcome(hazard=one, cases=cases)


OUTCOMES = (
    made_outcome(1),
    made_outcome(2, seen="1,000 rows reached the tasks as 334 / 333 / 333, and nobody failed."),
    made_outcome(3, clean=False),
    made_outcome(7, skipped="It writes into a temporary table, and this server is only read."),
)


class MadeShowing(Showing):
    """A hazard that has been shown."""

    def __init__(self, one: Hazard, runs: dict[tuple[int, Side], tuple[Trace | None, Verdict | None]]) -> None:
        """A hazard, and what its recipes left.

        Args:
            one: the hazard.
            runs: place of a case, side → its trace and its verdict.
        """
        super().__init__(one)
        self.outcome = made_outcome(one.number)
        for (place, side), (trace, verdict) in runs.items():
            demonstration = Demonstration(one, one.cases[place], side, SERVER)
            demonstration.trace, demonstration.verdict, demonstration.tries = trace, verdict, 1
            self._begun[place, side] = demonstration


def made_showing() -> MadeShowing:
    """The shared cursor, lost rows and all."""
    return MadeShowing(
        hazard("1"), {(0, Side.HAZARD): (shared_cursor(), LOST), (0, Side.RIGHT_WAY): (new_connection(), CLEAN)}
    )
