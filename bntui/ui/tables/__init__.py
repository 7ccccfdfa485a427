"""What each table of the viewer shows: its columns, as data."""
