"""Python runs this first where its folder is on PYTHONPATH; a test chooses what happens when.

HOOK_SIGNALS=15@200,2@203 sends this process these signals at these instants. An instant is an audit
event (an import, a compilation, a file that is opened...) or an SQL statement, counted while the
handlers of pkgcat are in place. HOOK_DISCARD=1 discards what a handler raises there, as compile()
and finalizers do; without it the program waits there for an exception, which an audit event passes
on. HOOK_READY=FILE is made at the first instant. HOOK_COUNT=FILE keeps how many instants there
were, and at which the last COMMIT came or the last file was given its name. HOOK_OPENED=FILE is
made once a catalog is opened. HOOK_LOCK=CATALOG locks the catalog before a backup of it is made,
and then makes HOOK_OPENED. HOOK_LOOK_UP=FILE lets every look-up of a name take a minute, and is
made when there is one. HOOK_PATIENCE=SECONDS is how long a child that a signal ends may take.
HOOK_NOW=TIME lets pkgcat's clock stand still at a time with an offset.
"""

import atexit
import contextlib
import os
import signal
import sqlite3
import sys
import time
from pathlib import Path


class Instants:
    """Counts instants and sends the signals."""

    def __init__(self, signals: dict[int, int], discard: bool) -> None:
        self.signals, self.discard = signals, discard
        self.count = 0
        self.handler: object = None
        self.inside = False
        self.stored = 0

    def pass_one(self, *, stores: bool = False) -> None:
        handler = signal.getsignal(signal.SIGTERM)
        if self.inside or handler == signal.SIG_DFL or (self.handler or handler) != handler:
            return
        self.handler = handler
        self.count += 1
        self.stored = self.count if stores else self.stored
        if ready and self.count == 1:
            self.inside = True
            Path(ready).touch()
            self.inside = False
        if self.count in self.signals:
            self.inside = True
            self.send(self.signals[self.count])
            self.inside = False

    def send(self, number: int) -> None:
        if not self.discard:
            os.kill(os.getpid(), number)
            time.sleep(0.3)
            return
        with contextlib.suppress(BaseException):
            os.kill(os.getpid(), number)


def lock(catalog: str) -> None:
    connection = connect_truly(catalog, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    held.append(connection)


def connect(database: object, *args: object, **options: object) -> sqlite3.Connection:
    if locked and not held and ".new" in os.fsdecode(database):
        lock(locked)
        Path(opened).touch()
    connection = connect_truly(database, *args, **options)
    if instants.signals or count:
        connection.set_trace_callback(lambda sql: instants.pass_one(stores=sql == "COMMIT"))
    if opened and not locked:
        Path(opened).touch()
    return connection


def look_up(*_args: object, **_options: object) -> list:
    Path(looked_up).touch()
    time.sleep(60)
    return []


wanted = [entry.split("@") for entry in os.environ.get("HOOK_SIGNALS", "").split(",") if entry]
instants = Instants(
    {int(instant): int(number) for number, instant in wanted}, "HOOK_DISCARD" in os.environ
)
ready = os.environ.get("HOOK_READY", "")
count, opened = os.environ.get("HOOK_COUNT", ""), os.environ.get("HOOK_OPENED", "")
locked, looked_up = os.environ.get("HOOK_LOCK", ""), os.environ.get("HOOK_LOOK_UP", "")
held: list = []
connect_truly = sqlite3.connect
sqlite3.connect = connect
sys.addaudithook(lambda event, _args: instants.pass_one(stores=event == "os.rename"))
if count:
    atexit.register(lambda: Path(count).write_text(f"{instants.count} {instants.stored}"))
if patience := os.environ.get("HOOK_PATIENCE"):
    from pkgcat.shell import foreground

    foreground._PATIENCE_SECONDS = float(patience)
if looked_up:
    import socket

    socket.getaddrinfo = look_up
if now := os.environ.get("HOOK_NOW"):
    from datetime import datetime

    from pkgcat.shell import clock

    clock.read_clock = lambda: datetime.fromisoformat(now)
