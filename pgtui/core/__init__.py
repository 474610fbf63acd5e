"""What an experiment is and what happened in it. Standard library only: no screen, no driver, no I/O framework."""
