"""The feed's decisions: no I/O, no clock, no randomness of their own. Each takes facts and `now`."""
