"""What pkgcat can do, as functions over a Store."""
