"""The log of changes: read, undone, set back, made smaller."""
