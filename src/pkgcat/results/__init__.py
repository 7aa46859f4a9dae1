"""What services return for display."""
