"""The shell: options in, one or two calls, a view out. One module for each family of commands."""
