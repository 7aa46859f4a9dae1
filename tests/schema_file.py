"""Write `src/pkgcat/store/schema.sql` anew from the migrations: `make schema`."""

from pkgcat.store import schema_check
from pkgcat.store.version import VERSION

if __name__ == "__main__":
    schema = schema_check.make_schema(VERSION)
    schema_check.SCHEMA_FILE.write_text(schema_check.write_schema(schema), encoding="utf-8")
