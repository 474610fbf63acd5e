"""The command line: one module a command. Results go to stdout, words about them to stderr."""
