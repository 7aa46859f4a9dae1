"""python -m pkgcat."""

from pkgcat.cli import main

main()
