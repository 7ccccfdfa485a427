"""`make soak`: engine, viewer and exchange under load and random faults, and whether anything grew."""
