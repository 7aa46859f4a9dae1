"""Results on a terminal: the only package that knows Rich."""
