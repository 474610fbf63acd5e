"""The recipes that show the hazards, each with its right way and the checks of both; a module imports one driver."""
