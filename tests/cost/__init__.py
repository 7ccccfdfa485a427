"""What work costs, counted and not timed: the guard of what `make bench` measures."""
