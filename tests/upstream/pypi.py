"""PyPI: the JSON API, and the Simple API for a project's status (upstreams.md, section 5)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import md5, sha256
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from tests.upstream.site import Quota, Site
from tests.upstream.things import Project, Release, Vulnerability
from tests.upstream.wire import Request, Response, answer, moved, text, validated

MOUNT, API = "/pypi", ""
_SIMPLE = "application/vnd.pypi.simple.v1+json"
_FILES = "https://files.pythonhosted.org/packages"


def quotas() -> dict[str, Quota]:
    """Return no limits: PyPI has none at its edge."""
    return {}


def respond(site: Site, request: Request) -> Response:
    """Answer one request."""
    match request.parts:
        case ("pypi", name, "json"):
            return _json(site, request, name, None)
        case ("pypi", name, version, "json"):
            return _json(site, request, name, version)
        case ("simple", name):
            return moved(f"{site.base}/simple/{canonicalize_name(name)}/")
        case ("simple", name, ""):
            return _simple(site, request, name)
    return _missing()


def _missing() -> Response:
    return answer({"message": "Not Found"}, 404, "application/json")


def _json(site: Site, request: Request, name: str, version: str | None) -> Response:
    normal = canonicalize_name(name)
    project = site.world.projects.get(normal)
    if project is None or not project.releases or project.status == "quarantined":
        return _missing()
    if normal != name:
        return moved(f"{site.base}/pypi/{normal}/{f'{version}/' if version else ''}json")
    chosen = next((row for row in project.releases if row.version == version), None)
    release = _latest(project) if version is None else chosen
    if release is None:
        return _missing()
    body: dict[str, Any] = {"info": _info(project, release), "last_serial": project.serial}
    if version is None:
        body["releases"] = {row.version: _files(project, row) for row in project.releases}
    body["urls"] = _files(project, release)
    body["vulnerabilities"] = [_vulnerability(row) for row in release.vulnerabilities]
    body["ownership"] = {"roles": [{"role": "Owner", "user": canonicalize_name(project.author or "owner")}]}
    return _cached(request, project, answer(body, 200, "application/json"), 900)


def _cached(request: Request, project: Project, response: Response, seconds: int) -> Response:
    response.headers["cache-control"] = f"max-age={seconds}, public"
    response.headers["vary"] = "Accept, Accept-Encoding"
    response.headers["x-pypi-last-serial"] = str(project.serial)
    return validated(request, response, f'"{md5(response.body, usedforsecurity=False).hexdigest()}"')


def _rank(version: str) -> tuple[bool, Version]:
    try:
        parsed = Version(version)
    except InvalidVersion:
        return False, Version("0")
    return not parsed.is_prerelease, parsed


def _latest(project: Project) -> Release:
    """Return the version PyPI shows: not yanked, then final, then highest."""
    return max(project.releases, key=lambda row: (row.yanked is None, *_rank(row.version)))


def _info(project: Project, release: Release) -> dict[str, Any]:
    page = f"https://pypi.org/project/{project.name}/"
    urls = dict(project.urls or {})
    if project.home_page:
        urls.setdefault("Homepage", project.home_page)
    return {
        "author": project.author,
        "author_email": f"{project.author} <owner@mail.example.org>",
        "bugtrack_url": None,
        "classifiers": project.classifiers,
        "description": f"# {project.name}\n\n{project.summary or ''}\n",
        "description_content_type": "text/markdown",
        "docs_url": project.docs_url,
        "download_url": "",
        "downloads": {"last_day": -1, "last_month": -1, "last_week": -1},
        "dynamic": None,
        "home_page": project.home_page,
        "keywords": "",
        "license": project.license,
        "license_expression": project.license_expression,
        "license_files": ["LICENSE"] if project.license_expression else None,
        "maintainer": "",
        "maintainer_email": "",
        "name": project.name,
        "package_url": page,
        "platform": "",
        "project_url": page,
        "project_urls": urls or None,
        "provides_extra": None,
        "release_url": f"{page}{release.version}/",
        "requires_dist": ["Django>=4.2"],
        "requires_python": release.requires_python,
        "summary": project.summary,
        "version": release.version,
        "yanked": release.yanked is not None,
        "yanked_reason": release.yanked or None,
    }


def _filename(project: Project, release: Release, kind: str) -> str:
    name = canonicalize_name(project.name).replace("-", "_")
    return f"{name}-{release.version}" + ("-py3-none-any.whl" if kind == "bdist_wheel" else ".tar.gz")


def _files(project: Project, release: Release) -> list[dict[str, Any]]:
    return [_file(project, release, kind) for kind in sorted(release.files)]


def _file(project: Project, release: Release, kind: str) -> dict[str, Any]:
    name = _filename(project, release, kind)
    digests = _digests(name)
    date = release.date.astimezone(UTC)
    return {
        "comment_text": "",
        "digests": digests,
        "downloads": -1,
        "filename": name,
        "has_sig": False,
        "md5_digest": digests["md5"],
        "packagetype": kind,
        "python_version": "py3" if kind == "bdist_wheel" else "source",
        "requires_python": release.requires_python,
        "size": 17_000 + len(name),
        "upload_time": date.strftime("%Y-%m-%dT%H:%M:%S"),
        "upload_time_iso_8601": _stamp(date),
        "url": f"{_FILES}/{digests['sha256'][:2]}/{digests['sha256'][2:4]}/{digests['sha256'][4:]}/{name}",
        "yanked": release.yanked is not None,
        "yanked_reason": release.yanked or None,
    }


def _stamp(date: datetime) -> str:
    return date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _digests(name: str) -> dict[str, str]:
    content = name.encode()
    return {"md5": md5(content, usedforsecurity=False).hexdigest(), "sha256": sha256(content).hexdigest()}


def _vulnerability(row: Vulnerability) -> dict[str, Any]:
    return {
        "aliases": list(row.aliases),
        "details": f"{row.summary}, at length.",
        "fixed_in": list(row.fixed_in),
        "id": row.id,
        "link": f"https://osv.dev/vulnerability/{row.id}",
        "source": "osv",
        "summary": row.summary,
        "withdrawn": None if row.withdrawn is None else _stamp(row.withdrawn),
    }


def _simple(site: Site, request: Request, name: str) -> Response:
    normal = canonicalize_name(name)
    project = site.world.projects.get(normal)
    if project is None:
        return text("404 Not Found", 404)
    if normal != name:
        return moved(f"{site.base}/simple/{normal}/")
    if _SIMPLE not in request.headers.get("accept", ""):
        return _cached(request, project, _page(project), 600)
    listed = [] if project.status == "quarantined" else project.releases
    body = {
        "alternate-locations": [],
        "files": [_simple_file(project, row, kind) for row in listed for kind in sorted(row.files)],
        "meta": {"_last-serial": project.serial, "api-version": "1.4"},
        "name": normal,
        "project-status": {"status": project.status},
        "versions": [row.version for row in listed],
    }
    return _cached(request, project, answer(body, 200, _SIMPLE), 600)


def _page(project: Project) -> Response:
    links = "".join(f"<a>{_filename(project, row, kind)}</a>" for row in project.releases for kind in row.files)
    return text(f"<!DOCTYPE html><html><body>{links}</body></html>", content_type="text/html; charset=UTF-8")


def _simple_file(project: Project, release: Release, kind: str) -> Mapping[str, Any]:
    known = _file(project, release, kind)
    told = {
        "filename": known["filename"],
        "url": known["url"],
        "hashes": {"sha256": known["digests"]["sha256"]},
    }
    if release.requires_python:
        told["requires-python"] = release.requires_python
    yanked = release.yanked or release.yanked is not None
    told |= {"size": known["size"], "upload-time": known["upload_time_iso_8601"], "yanked": yanked}
    return {**told, "core-metadata": False, "data-dist-info-metadata": False, "provenance": None}
