"""The command line: parses arguments and calls the other packages."""
