"""Many runs in one process leave nothing behind."""

import json
import subprocess
import sys

import pytest

from pgtui.postgres import Target


@pytest.mark.live
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="open files and memory are read from /proc")
def test_300_runs_leave_no_backend_no_file_no_thread_and_no_memory(target: Target) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.drivers.endurance"], capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stderr
    left = json.loads(done.stdout)
    assert left["backends"] == 0
    assert left["files"] <= 0
    assert left["threads"] <= 2, "the main one, and asyncio's for looking up host names"
    assert left["tasks"] == 1
    assert left["memory"] < 3_000_000, "200 runs grew the process"
