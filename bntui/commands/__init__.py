"""The commands of the command line: for each the words that it is told, and the one call that it becomes."""
