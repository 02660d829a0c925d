"""The command line: each command is one function that calls what a notebook could call."""
