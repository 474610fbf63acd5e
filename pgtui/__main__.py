"""`python -m pgtui` is `pgtui`."""

from pgtui.cli.main import main

if __name__ == "__main__":
    main()
