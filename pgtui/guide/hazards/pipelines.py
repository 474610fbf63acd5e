"""Hazards of psycopg's pipeline mode with several tasks."""

from pgtui.guide.hazard import Case, Hazard, Message
from pgtui.guide.places import Place

HAZARDS = (
    Hazard(
        number=13,
        id="pipeline-errors",
        title="In a pipeline an error goes to whichever task fetches first",
        happens="One task divides by zero in a shared pipeline; another task gets the error, and the one that"
        " caused it is told that there is no result.",
        why="A pipeline has one queue of results. Whoever fetches first takes all that have arrived out of it"
        " and hands each to its cursor; an error among them is raised there and then, in the task that"
        " happens to fetch. The server skips everything behind the error up to the next sync, so tasks that"
        " were not involved go without a result.",
        instead="Keep a pipeline in one task. Tasks that may fail on their own need connections of their own.",
        places=(
            Place("psycopg/_pipeline_base.py", "BasePipeline._fetch_gen", "self._process_results"),
            Place("psycopg/_pipeline_base.py", "BasePipeline._process_results", "error_from_result"),
            Place("psycopg/_cursor_base.py", "BaseCursor._check_result_for_fetch", "no result available"),
        ),
        issues=("psycopg/psycopg#604", "psycopg/psycopg#685"),
        messages=(
            Message("pipeline aborted", 0.8),
            Message("PipelineAborted", 0.78),
            Message("no result available", 0.6, beside=("pipeline",)),
        ),
        cases=(Case(driver="psycopg", recipes="psycopg_lanes:PIPELINE_ERRORS"),),
    ),
    Hazard(
        number=14,
        id="pipeline-lane",
        title="A pipeline does not run queries side by side",
        happens="Three tasks put their queries into one pipeline: they are sent together, and take as long as"
        " one after another.",
        why="A pipeline saves round trips: queries are sent without waiting for the answers to those before."
        " It is still one connection and one backend, which takes them in order. With a slow query in front,"
        " everybody waits behind it.",
        instead="For queries that take the server's time, use a connection each. A pipeline pays where the"
        " network's delay is what takes time.",
        places=(
            Place("psycopg/_pipeline_base.py", "BasePipeline._communicate_gen", "pipeline_communicate"),
            Place("psycopg/cursor_async.py", "AsyncCursor.execute", "async with self._conn.lock"),
        ),
        cases=(Case(driver="psycopg", recipes="psycopg_lanes:PIPELINE_LANE"),),
    ),
)
