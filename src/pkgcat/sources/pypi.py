"""PyPI: the JSON API, and the Simple API for what it lacks, the project's status (PEP 792).

https://docs.pypi.org/api/json and /api/index-api
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import Malformed, NotFoundUpstream, RequestFailed
from pkgcat.http.responses import Answer
from pkgcat.model.credentials import strip_credentials
from pkgcat.model.limits import MAX_ALIASES, MAX_ITEM_LENGTH, MAX_LINKS, MAX_TEXT_LENGTH
from pkgcat.model.source_data import Facts, RefreshMemory, StoredPackage
from pkgcat.model.types import Values
from pkgcat.sources import fact_values, json_values, licenses, project_links
from pkgcat.sources.interface import Fetcher

KIND = "pypi"

_SIMPLE = {"Accept": "application/vnd.pypi.simple.v1+json"}
_STATUS_KEEPS = timedelta(days=7)


def estimate_requests(endpoint: Endpoint, packages: Sequence[StoredPackage]) -> int:
    """See Source. A first refresh asks for the status too; later it is asked for once a
    week.
    """
    del endpoint
    return len(packages) + sum(not _settled(stored) for stored in packages)


async def fetch(
    endpoint: Endpoint, stored: StoredPackage, fetcher: Fetcher, now: datetime
) -> Facts:
    """See Source. `stored.path` is the normalised name."""
    path = f"pypi/{json_values.quote_path(stored.path)}/json"
    try:
        answer = await fetcher.get(endpoint, path, conditional=_settled(stored))
    except NotFoundUpstream:
        return await _fetch_without_release(endpoint, stored, fetcher, now)
    asked = stored.memory.asked
    if answer.unchanged and asked and now - asked < _STATUS_KEEPS:
        return Facts({}, stored.memory, answer.validators_to_store)
    try:
        values, simple = await _status(endpoint, stored, fetcher)
    except (NotFoundUpstream, Malformed):  # an index of another kind
        values, simple = {}, Answer()
    validators = answer.validators_to_store + simple.validators_to_store
    if answer.unchanged:
        return Facts(values, replace(stored.memory, asked=now), validators)
    project = json_values.check_object(
        answer.where, "info", json_values.json_object(answer).get("info")
    )
    version = json_values.read_text(answer.where, "version", project.get("version"))
    links = _links(project)
    documentation = _find_documentation(project, links)
    return Facts(
        _project(answer, project, documentation) | values,
        RefreshMemory(pushed=version, asked=now),
        validators,
        repositories=project_links.repositories(stored.path, links),
        credentials_cut=_credentials_cut(documentation),
    )


async def _fetch_without_release(
    endpoint: Endpoint, stored: StoredPackage, fetcher: Fetcher, now: datetime
) -> Facts:
    """Return the status of a project that the JSON API does not have: all of it is quarantined,
    or nothing was released yet. Raises NotFoundUpstream where the Simple API has none either.
    """
    values, simple = await _status(endpoint, StoredPackage(stored.path), fetcher)
    if values.get("pypi_status") != "quarantined" and simple.json.get("files"):
        raise RequestFailed(
            f"{simple.where}: it has files, and the JSON API has no such project"
        ) from None
    return Facts(values, replace(stored.memory, asked=now))


def _find_documentation(project: dict[str, Any], links: dict[str, str]) -> str | None:
    docs_url = project.get("docs_url")
    if not _is_link("docs_url", docs_url):
        docs_url = None
    return project_links.documentation(links, docs_url)


def _credentials_cut(documentation: str | None) -> tuple[str, ...]:
    """Return the address of the documentation where credentials have to be cut from it,
    without them.
    """
    address = strip_credentials(documentation or "")
    return (address,) if address != (documentation or "") else ()


def _settled(stored: StoredPackage) -> bool:
    """Whether the JSON API has told about it already."""
    return stored.memory.pushed is not None


async def _status(
    endpoint: Endpoint, stored: StoredPackage, fetcher: Fetcher
) -> tuple[Values, Answer]:
    """Ask for the status; nothing is told when it is as it was."""
    conditional = stored.memory.asked is not None
    path = f"simple/{json_values.quote_path(stored.path)}/"
    answer = await fetcher.get(endpoint, path, headers=_SIMPLE, conditional=conditional)
    if answer.unchanged:
        return {}, answer
    project = json_values.json_object(answer)
    json_values.read_text(answer.where, "name", project.get("name"))
    status = json_values.get_path(project, "project-status", "status")
    return fact_values.make_values(
        answer.where, {"pypi_status": "active" if status is None else status}
    ), answer


def _project(answer: Answer, project: dict[str, Any], documentation: str | None) -> Values:
    classifiers = project.get("classifiers")
    found = fact_values.make_values(answer.where, {"pypi_classifiers": classifiers})[
        "pypi_classifiers"
    ]
    lines = [str(line) for line in found] if isinstance(found, tuple) else []
    return fact_values.make_values(
        answer.where,
        {
            "pypi_version": project.get("version"),
            "pypi_released": _released(answer),
            "pypi_requires_python": project.get("requires_python"),
            "pypi_license": licenses.of_project(
                project.get("license_expression"), lines, project.get("license")
            ),
            "documentation_url": documentation,
        }
        | fact_values.drop_nulls(
            {
                "pypi_classifiers": classifiers,
                "pypi_yanked": project.get("yanked"),
                "pypi_vulnerabilities": _vulnerabilities(answer),
            }
        ),
    )


def _released(answer: Answer) -> datetime | None:
    """Return when the first file of the shown version was uploaded; None where it has no files, or
    no time is told of any.
    """
    files = json_values.check_rows(
        answer.where, "urls", json_values.json_object(answer).get("urls") or []
    )
    times = [
        json_values.read_optional_datetime(
            answer.where, "upload_time", file.get("upload_time_iso_8601")
        )
        for file in files
    ]
    return min((time for time in times if time is not None), default=None)


def _vulnerabilities(answer: Answer) -> list[str] | None:
    """Return the ids of those that stand, one for each set of aliases; None where nothing is
    told. One without an id goes by its first alias.
    """
    given = json_values.json_object(answer).get("vulnerabilities")
    if given is None:
        return None
    rows = json_values.check_rows(answer.where, "vulnerabilities", given)
    ids: list[str] = []
    seen: set[str] = set()
    for row in rows:
        if row.get("withdrawn"):
            continue
        aliases = row.get("aliases")
        names: list[str] = []
        if isinstance(aliases, list):
            names = [alias for alias in aliases[:MAX_ALIASES] if isinstance(alias, str) and alias]
        own = json_values.read_optional_text(answer.where, "a vulnerability's id", row.get("id"))
        if own is None and not names:
            continue
        own = own or names[0]
        names.append(own)
        if seen.isdisjoint(names):
            ids.append(own)
        seen.update(names)
    return ids


def _links(project: dict[str, Any]) -> dict[str, str]:
    """Return links by label, MAX_LINKS at the most; old releases have them in fields of their
    own.
    """
    given = project.get("project_urls")
    first = islice(given.items(), MAX_LINKS) if isinstance(given, dict) else ()
    links = {label: url for label, url in first if _is_link(label, url)}
    home = project.get("home_page")
    is_named = any(label.lower() == "homepage" for label in links)
    if isinstance(home, str) and _is_link("Homepage", home) and not is_named:
        links["Homepage"] = home
    return links


def _is_link(label: str, url: object) -> bool:
    """Whether a link is text, and neither its label nor its address is too long to be one."""
    return isinstance(url, str) and len(url) <= MAX_TEXT_LENGTH and len(label) <= MAX_ITEM_LENGTH
