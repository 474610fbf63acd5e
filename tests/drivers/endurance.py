"""300 runs in one process: prints what is left of them. A program of its own, so that nothing else counts as left."""

import asyncio
import gc
import json
import os
import sys
import threading
from itertools import cycle
from pathlib import Path

import psycopg

from pgtui.api import run_on
from pgtui.core.experiment import Experiment, Sharing
from pgtui.postgres import Target, open_target
from pgtui.postgres.query import prepare_query

RUNS, SETTLED = 300, 100
EXPERIMENTS = [
    Experiment(driver=driver, sharing=sharing, rows=20)
    for driver in ("psycopg", "asyncpg", "aiopg", "pg8000-threads")
    for sharing in (Sharing.NEW_CONNECTION, Sharing.SHARED_CONNECTION)
] + [Experiment(sharing=Sharing.SHARED_CURSOR)]


def resident() -> int:
    """Bytes of memory that the process holds."""
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def backends(target: Target) -> int:
    """Backends of this process's runs."""
    with psycopg.connect(target.conninfo("endurance")) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE %s", [f"pgtui {os.getpid()}.%"]
        ).fetchone()
    return row[0] if row else -1


async def main(target: Target) -> dict[str, int]:
    """Run, and compare what the process holds after 100 runs and after 300."""
    prepared = await prepare_query(target, EXPERIMENTS[0])
    memory = files = 0
    for number, experiment in zip(range(RUNS), cycle(EXPERIMENTS)):
        await run_on(experiment, target, prepared if experiment.rows == EXPERIMENTS[0].rows else None)
        if number == SETTLED:
            gc.collect()
            memory, files = resident(), len(os.listdir("/proc/self/fd"))
    gc.collect()
    await asyncio.sleep(0.2)  # a backend needs a moment to go after its connection is closed
    return {
        "backends": backends(target),
        "files": len(os.listdir("/proc/self/fd")) - files,
        "memory": resident() - memory,
        "threads": threading.active_count(),
        "tasks": len(asyncio.all_tasks()),
    }


if __name__ == "__main__":
    with open_target(os.environ.get("PGTUI_TEST_DSN")) as opened:
        json.dump(asyncio.run(main(opened)), sys.stdout)
