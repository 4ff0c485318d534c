"""The command line: parses arguments, calls the rest."""
