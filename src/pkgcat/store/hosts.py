"""What is kept of hosts: what they turned out to be, whose addresses they are in, what they still
allow.
"""

from collections.abc import Iterable
from datetime import datetime

from pkgcat.model import addresses
from pkgcat.model.types import DATETIME
from pkgcat.store import Store


def remember_host(store: Store, host: str, kind: str | None) -> None:
    """Keep what a host turned out to be."""
    sql = """INSERT INTO hosts (host, kind) VALUES (?, ?)
        ON CONFLICT (host) DO UPDATE SET kind = excluded.kind"""
    with store.transaction():
        store.rows(sql, (host, kind))


def hosts_of_persons(store: Store) -> set[str]:
    """Return the hosts in addresses of repositories that persons wrote, as far as the log tells.

    The creation of a package, which is logged as `removed`, gave it its first address: what the first
    later change found there, or what it still has. What an import says of persons is not trusted.
    """
    sql = """SELECT c.new FROM changes c JOIN origins o ON o.id = c.origin AND o.kind = 'person'
            JOIN operations op ON op.id = c.operation AND op.kind <> 'import'
            WHERE c.entity = 'packages' AND c.field = 'repo_url'
        UNION SELECT iif(first.number IS NULL, p.repo_url, first.old) FROM packages p
            JOIN changes made ON made.entity = 'packages' AND made.key = p.key
                AND made.field = 'removed' AND made.old IS NULL
            JOIN origins o ON o.id = made.origin AND o.kind = 'person'
            JOIN operations op ON op.id = made.operation AND op.kind <> 'import'
            LEFT JOIN changes first ON first.number = (SELECT min(number) FROM changes
                WHERE entity = 'packages' AND key = p.key AND field = 'repo_url')"""
    hosts = set()
    for (address,) in store.rows(sql):
        repository = addresses.repository(address) if address else None
        if repository is not None and repository.kind is None:
            hosts.add(repository.host)
    return hosts


def quotas_left(store: Store, now: datetime) -> dict[str, list[tuple[str, int, str]]]:
    """Return what hosts had left when they were last asked: bucket, requests, and until when
    that holds.
    """
    sql = """SELECT host, bucket, remaining, resets FROM quotas
        WHERE resets > ? ORDER BY host, bucket"""
    left: dict[str, list[tuple[str, int, str]]] = {}
    for host, bucket, remaining, resets in store.rows(sql, (DATETIME.to_sql(now),)):
        left.setdefault(host, []).append((bucket, remaining, resets))
    return left


def remember_quotas(store: Store, quotas: Iterable[tuple[str, str, int, datetime]]) -> None:
    """Keep what hosts said they have left: host, bucket, requests, and when they count anew."""
    sql = """INSERT INTO quotas (host, bucket, remaining, resets) VALUES (?, ?, ?, ?)
        ON CONFLICT (host, bucket)
            DO UPDATE SET remaining = excluded.remaining, resets = excluded.resets"""
    with store.transaction():
        for host, bucket, remaining, resets in quotas:
            store.rows(sql, (host, bucket, remaining, DATETIME.to_sql(resets)))
