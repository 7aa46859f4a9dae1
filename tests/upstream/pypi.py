"""PyPI: the JSON API, and the Simple API for a project's status (https://docs.pypi.org/api)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from tests.upstream.host import Host
from tests.upstream.messages import Request, Response
from tests.upstream.models import Project, Release, Vulnerability

_SIMPLE_TYPE = "application/vnd.pypi.simple.v1+json"


class PyPI(Host):
    """pypi.org; it has no limits."""

    name = "pypi"

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        match request.segments:
            case ("pypi", name, "json"):
                return self._show_project(request, name)
            case ("simple", name):
                return Response.redirect(f"{self.base_url}/simple/{canonicalize_name(name)}/")
            case ("simple", name, ""):
                return self._show_simple(request, name)
        return _show({"message": "Not Found"}, 404)

    def _show_project(self, request: Request, name: str) -> Response:
        normalized = canonicalize_name(name)
        project = self.world.projects.get(normalized)
        if project is None or not project.releases or project.status == "quarantined":
            return _show({"message": "Not Found"}, 404)
        if normalized != name:
            return Response.redirect(f"{self.base_url}/pypi/{normalized}/json")
        release = max(project.releases, key=_rank_release)
        body = {
            "info": _format_info(project, release),
            "releases": {each.version: _list_files(project, each) for each in project.releases},
            "urls": _list_files(project, release),
            "vulnerabilities": [_format_vulnerability(each) for each in release.vulnerabilities],
        }
        return _add_etag(request, project, _show(body))

    def _show_simple(self, request: Request, name: str) -> Response:
        """Answer a project's status and files (PEP 691, PEP 792); a quarantined project has
        no files to show.
        """
        normalized = canonicalize_name(name)
        project = self.world.projects.get(normalized)
        if project is None or _SIMPLE_TYPE not in request.headers.get("accept", ""):
            return Response.from_text("404 Not Found", 404)
        if normalized != name:
            return Response.redirect(f"{self.base_url}/simple/{normalized}/")
        files = []
        if project.status != "quarantined":
            for release in project.releases:
                files += [{"filename": file["filename"]} for file in _list_files(project, release)]
        body = {"name": normalized, "project-status": {"status": project.status}, "files": files}
        return _add_etag(request, project, Response.from_json(body, 200, _SIMPLE_TYPE))


def _show(body: object, status: int = 200) -> Response:
    return Response.from_json(body, status, "application/json")


def _add_etag(request: Request, project: Project, response: Response) -> Response:
    response.headers["x-pypi-last-serial"] = str(project.serial)
    return response.add_validators(request, f'"{response.hash_body()}"')


def _rank_release(release: Release) -> tuple[bool, bool, Version]:
    """Return what sorts the release that PyPI shows last: not yanked, then final, then the
    highest version.
    """
    try:
        version = Version(release.version)
    except InvalidVersion:
        return release.yanked is None, False, Version("0")
    return release.yanked is None, not version.is_prerelease, version


def _format_info(project: Project, release: Release) -> dict[str, Any]:
    urls = dict(project.urls or {})
    if project.home_page:
        urls.setdefault("Homepage", project.home_page)
    return {
        "name": project.name,
        "version": release.version,
        "classifiers": project.classifiers,
        "license": project.license,
        "license_expression": project.license_expression,
        "requires_python": release.requires_python,
        "docs_url": project.docs_url,
        "home_page": project.home_page,
        "project_urls": urls or None,
        "yanked": release.yanked is not None,
        "yanked_reason": release.yanked or None,
    }


def _list_files(project: Project, release: Release) -> list[dict[str, Any]]:
    """Return the files of a release; the wheel stands first, and was uploaded a second after
    the other.
    """
    return [_format_file(project, release, kind) for kind in sorted(release.files)]


def _format_file(project: Project, release: Release, kind: str) -> dict[str, Any]:
    name = f"{canonicalize_name(project.name).replace('-', '_')}-{release.version}"
    uploaded = release.date
    if kind == "bdist_wheel":
        uploaded += timedelta(seconds=1)
    return {
        "filename": f"{name}-py3-none-any.whl" if kind == "bdist_wheel" else f"{name}.tar.gz",
        "packagetype": kind,
        "requires_python": release.requires_python,
        "upload_time_iso_8601": _format_time(uploaded),
        "yanked": release.yanked is not None,
        "yanked_reason": release.yanked or None,
    }


def _format_time(date: datetime) -> str:
    return date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _format_vulnerability(vulnerability: Vulnerability) -> dict[str, Any]:
    withdrawn = None if vulnerability.withdrawn is None else _format_time(vulnerability.withdrawn)
    return {"id": vulnerability.id, "aliases": list(vulnerability.aliases), "withdrawn": withdrawn}
