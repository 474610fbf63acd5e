"""The parts of the screens. Each is told what to show (`show(picture)`) and keeps only its own view state."""
