"""Where facts come from: one module for each kind of host (see `registry`)."""
