"""Everything that talks to an exchange: pure cores in `core/`, thin shells around them here."""
