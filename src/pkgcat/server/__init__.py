"""The HTTP front end: reads a request, asks the catalog, formats the answer; writes nothing."""
