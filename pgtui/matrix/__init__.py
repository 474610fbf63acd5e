"""The matrix: every driver in every sharing mode, with and without yielding, each with a verdict from its traces."""
