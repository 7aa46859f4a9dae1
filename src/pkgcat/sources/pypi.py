"""PyPI: the JSON API, and the Simple API for what it lacks, the project's status (PEP 792).

https://docs.pypi.org/api/json and /api/index-api
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pkgcat.models import Values
from pkgcat.sources import licenses, project_links, reading
from pkgcat.sources.base import Answer, Facts, Failed, Fetcher, Known, Malformed, Memory, Missing, Place, Stamp

KIND, SCHEME, JOBS = "pypi", "Bearer", 4

_SIMPLE = {"Accept": "application/vnd.pypi.simple.v1+json"}
_STATUS_KEEPS = timedelta(days=7)


def api_url(host: str) -> str:
    """Return where the APIs are: beside the pages."""
    return f"https://{host}"


def requests(place: Place, packages: Sequence[Known]) -> int:
    """See base.Source. A first refresh asks for the status too; later it is asked for once a week."""
    del place
    return len(packages) + sum(not _settled(known) for known in packages)


async def fetch(place: Place, known: Known, fetcher: Fetcher, now: datetime) -> Facts:
    """See base.Source. `known.path` is the normalised name.

    A 404 may mean that all is quarantined, or nothing was released yet: the Simple API knows.
    """
    try:
        answer = await fetcher.get(place, f"pypi/{reading.quoted(known.path)}/json", conditional=_settled(known))
    except Missing:
        values, simple = await _status(place, Known(known.path), fetcher)
        if values.get("pypi_status") != "quarantined" and simple.json.get("files"):
            raise Failed(f"{simple.where}: it has files, and the JSON API has no such project") from None
        return Facts(values, replace(known.memory, asked=now))
    stamps: tuple[Stamp, ...] = (answer.stamp,) if answer.stamp else ()
    if answer.unchanged and known.memory.asked and now - known.memory.asked < _STATUS_KEEPS:
        return Facts({}, known.memory, stamps)
    try:
        values, simple = await _status(place, known, fetcher)
    except (Missing, Malformed):  # an index of another kind
        values, simple = {}, Answer()
    stamps += (simple.stamp,) if simple.stamp else ()
    if answer.unchanged:
        return Facts(values, replace(known.memory, asked=now), stamps)
    project = reading.obj(answer.where, "info", reading.table(answer).get("info"))
    memory = Memory(pushed=reading.text(answer.where, "version", project.get("version")), asked=now)
    links = _links(project)
    return Facts(
        _project(answer, project, links) | values,
        memory,
        stamps,
        repositories=project_links.repositories(known.path, links),
    )


def _settled(known: Known) -> bool:
    """Whether the JSON API has told about it already."""
    return known.memory.pushed is not None


async def _status(place: Place, known: Known, fetcher: Fetcher) -> tuple[Values, Answer]:
    """Ask for the status; nothing is told when it is as it was."""
    conditional = known.memory.asked is not None
    path = f"simple/{reading.quoted(known.path)}/"
    answer = await fetcher.get(place, path, headers=_SIMPLE, conditional=conditional)
    if answer.unchanged:
        return {}, answer
    project = reading.table(answer)
    reading.text(answer.where, "name", project.get("name"))
    status = reading.part(project, "project-status", "status")
    return reading.values(answer.where, {"pypi_status": "active" if status is None else status}), answer


def _project(answer: Answer, project: dict[str, Any], links: dict[str, str]) -> Values:
    classifiers = project.get("classifiers")
    found = reading.values(answer.where, {"pypi_classifiers": classifiers})["pypi_classifiers"]
    lines = [str(line) for line in found] if isinstance(found, tuple) else []
    return reading.values(
        answer.where,
        {
            "pypi_version": project.get("version"),
            "pypi_released": _released(answer),
            "pypi_requires_python": project.get("requires_python"),
            "pypi_license": licenses.of_project(project.get("license_expression"), lines, project.get("license")),
            "documentation_url": project_links.documentation(links),
        }
        | reading.told(
            {
                "pypi_classifiers": classifiers,
                "pypi_yanked": project.get("yanked"),
                "pypi_vulnerabilities": _vulnerabilities(answer),
            }
        ),
    )


def _released(answer: Answer) -> datetime | None:
    """Return when the first file of the shown version was uploaded; a version may have no files."""
    files = reading.objects(answer.where, "urls", reading.table(answer).get("urls") or [])
    times = [file.get("upload_time_iso_8601") for file in files]
    return min((reading.moment(answer.where, "upload_time", time) for time in times), default=None)


def _vulnerabilities(answer: Answer) -> list[str] | None:
    """Return the ids of those that stand, one for each set of aliases; None where nothing is told."""
    given = reading.table(answer).get("vulnerabilities")
    if given is None:
        return None
    rows = reading.objects(answer.where, "vulnerabilities", given)
    ids: list[str] = []
    seen: set[str] = set()
    for row in rows:
        if row.get("withdrawn"):
            continue
        own = reading.text(answer.where, "a vulnerability's id", row.get("id"))
        aliases = row.get("aliases")
        names = {own, *(str(alias) for alias in aliases)} if isinstance(aliases, list) else {own}
        if not names & seen:
            ids.append(own)
        seen |= names
    return ids


def _links(project: dict[str, Any]) -> dict[str, str]:
    """Return links by label; old releases have them in fields of their own."""
    given = project.get("project_urls")
    links = {label: url for label, url in given.items() if isinstance(url, str)} if isinstance(given, dict) else {}
    home = project.get("home_page")
    if isinstance(home, str) and not any(label.lower() == "homepage" for label in links):
        links["Homepage"] = home
    return links
