"""The entry point of `pkgcat` and of `python -m pkgcat`: heeds signals before it imports the
rest.
"""

import gc
from typing import NoReturn

from pkgcat import signals


def main() -> NoReturn:
    """Run the program; a signal during the imports ends it as later on."""
    signals.run_program(_import_and_run)


def _import_and_run() -> None:
    gc.disable()  # until the command runs: imports leave no garbage, and the search costs a tenth of a start
    from pkgcat import cli

    cli.run()


if __name__ == "__main__":
    main()
