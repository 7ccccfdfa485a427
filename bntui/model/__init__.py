"""The words that everybody shares. Standard library only."""
