"""Start the server for people: `python -m tests.upstream`; it prints the config.toml that
leads there.
"""

import argparse
import signal
import sys
import threading
from contextlib import suppress

from tests.upstream.generated_world import HOST_KINDS, sample_world
from tests.upstream.server import Upstream

_TOP = """\
# pkgcat reads this as config.toml: PKGCAT_CONFIG=FILE pkgcat refresh --all
# any token is accepted, e.g. GITHUB_TOKEN=anything; counts: {base}/_/counts
"""


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.upstream", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="port on 127.0.0.1 (default: a free one)"
    )
    parser.add_argument(
        "--packages", type=int, default=40, metavar="N", help="how many there are (default: 40)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="another seed makes other packages"
    )
    parser.add_argument(
        "--latency", type=float, default=0, metavar="MS", help="milliseconds added to each answer"
    )
    kinds = sorted(set(HOST_KINDS))
    parser.add_argument(
        "--kinds", nargs="+", choices=kinds, default=HOST_KINDS, help="kinds of host, in turn"
    )
    parser.add_argument("--unlimited", action="store_true", help="lift the hosts' limits")
    return parser.parse_args()


def main() -> None:
    """Serve until it is interrupted or told to end."""
    options = _read_options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    world = sample_world(options.packages, options.seed, kinds=options.kinds)
    with Upstream(world, port=options.port, latency=options.latency / 1000) as upstream:
        if options.unlimited:
            upstream.unlimited()
        sys.stdout.write(_TOP.format(base=upstream.base) + "\n" + upstream.config())
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
