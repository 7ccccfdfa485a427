"""Everything that a screen can show, kept whether somebody looks or not."""
