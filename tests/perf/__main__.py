"""`python -m tests.perf [NAME …]`: measures what has a bound, a line a figure; ends with 1 when a bound was missed."""

import importlib
import os
import sys

from pgtui.postgres import open_target

ON_A_SERVER = ("overhead", "terminal", "screen")
WITHOUT = ("startup",)


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in (*WITHOUT, *ON_A_SERVER)]
    if unknown:
        print(f"There is no measurement {unknown[0]!r}. There are: {', '.join((*WITHOUT, *ON_A_SERVER))}.")
        return 2
    missed = 0
    for name in [name for name in WITHOUT if not names or name in names]:
        for figure in importlib.import_module(f"tests.perf.{name}").measure():
            print(figure, flush=True)
            missed += not figure.holds
    wanted = [name for name in ON_A_SERVER if not names or name in names]
    if wanted:
        with open_target(os.environ.get("PGTUI_TEST_DSN")) as target:
            for name in wanted:
                for figure in importlib.import_module(f"tests.perf.{name}").measure(target):
                    print(figure, flush=True)
                    missed += not figure.holds
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
