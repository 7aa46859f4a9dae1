"""The objects of GitLab's REST API, key for key as recorded; without a token a project tells less."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zlib import crc32

from tests.upstream.github_json import LICENSES
from tests.upstream.things import Commit, Repository, Tag
from tests.upstream.wire import words

_EASTERN = timezone(timedelta(hours=-4))
_LEVELS = words(
    "issues repository merge_requests forking wiki builds snippets pages analytics container_registry"
    " releases environments feature_flags infrastructure monitor model_experiments model_registry"
)
_ENABLED = words("issues merge_requests wiki jobs snippets container_registry service_desk shared_runners")
_OFF = words(
    "resolve_outdated_diff_discussions emails_disabled lfs_enabled only_allow_merge_if_pipeline_succeeds"
    " request_access_enabled only_allow_merge_if_all_discussions_are_resolved"
    " remove_source_branch_after_merge requirements_enabled security_and_compliance_enabled"
)
_ON = words(
    "can_create_merge_request_in emails_enabled public_jobs printing_merge_request_link_enabled"
    " enforce_auth_checks_on_uploads autoclose_referenced_issues"
)
_NULL = words(
    "ci_config_path allow_merge_on_skipped_pipeline suggestion_commit_message merge_commit_template"
    " squash_commit_template issue_branch_template"
)
_LINKS = ("issues", "merge_requests", "repository/branches", "labels", "events", "members", "cluster_agents")
_MEMBER: dict[str, Any] = {
    "security_and_compliance_access_level": "private",
    "requirements_access_level": "enabled",
    **{f"{name}_access_level": "enabled" for name in _LEVELS},
    **{f"{name}_enabled": True for name in _ENABLED},
    **dict.fromkeys(_OFF, False),
    **dict.fromkeys(_ON, True),
    **dict.fromkeys(_NULL),
    "creator_id": 719018,
    "import_status": "finished",
    "shared_with_groups": [],
    "merge_method": "merge",
    "squash_option": "default_off",
    "external_authorization_classification_label": "",
    "compliance_frameworks": [],
    "permissions": {"project_access": None, "group_access": None},
}


def _utc(date: datetime) -> str:
    return date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def project(base: str, repo: Repository, *, signed: bool, licensed: bool) -> dict[str, Any]:
    """Return a project; only those with a token learn whether it is archived or empty."""
    me = f"{base}/projects/{repo.id}"
    group = repo.owner.rpartition("/")[2]
    number = crc32(repo.owner.encode()) % 10_000_000
    body = {
        "id": repo.id,
        "description": repo.description,
        "name": repo.name,
        "name_with_namespace": repo.path.replace("/", " / "),
        "path": repo.name,
        "path_with_namespace": repo.path,
        "created_at": _utc(repo.created),
        "default_branch": repo.branch,
        "tag_list": repo.topics,
        "topics": repo.topics,
        "ssh_url_to_repo": f"git@gitlab.com:{repo.path}.git",
        "http_url_to_repo": f"{repo.url}.git",
        "web_url": repo.url,
        "readme_url": f"{repo.url}/-/blob/{repo.branch}/README.md",
        "forks_count": repo.forks,
        **(_license(repo) if licensed else {}),
        "avatar_url": None,
        "star_count": repo.stars,
        "last_activity_at": _utc(repo.updated),
        "namespace": {
            "id": number,
            "name": group,
            "path": group,
            "kind": "group",
            "full_path": repo.owner,
            "parent_id": None,
            "avatar_url": None,
            "web_url": f"https://gitlab.com/groups/{repo.owner}",
        },
    }
    if not signed:
        return body
    return {
        **body,
        "container_registry_image_prefix": f"registry.gitlab.com/{repo.path}",
        "_links": {"self": me, **{_name(tail): f"{me}/{tail}" for tail in _LINKS}},
        "code_suggestions": True,
        "packages_enabled": None,
        "empty_repo": not repo.commits,
        "archived": repo.archived is not None,
        "visibility": "public",
        **_MEMBER,
        "open_issues_count": repo.issues,
        "description_html": f"<p>{repo.description or ''}</p>",
        "updated_at": _utc(repo.updated),
    }


def _name(tail: str) -> str:
    return tail.replace("repository/", "repo_")


def _license(repo: Repository) -> dict[str, Any]:
    if repo.license is None:
        return {"license_url": None, "license": None}
    key = repo.license.lower()
    named = {"key": key, "name": LICENSES.get(repo.license, repo.license), "nickname": None}
    page = {"html_url": f"https://opensource.org/licenses/{repo.license}", "source_url": None}
    return {"license_url": f"{repo.url}/-/blob/{repo.branch}/LICENSE", "license": {**named, **page}}


def commit(repo: Repository, one: Commit) -> dict[str, Any]:
    """Return a commit; its times have an offset."""
    date = one.date.astimezone(_EASTERN).isoformat(timespec="milliseconds")
    return {
        "id": one.sha,
        "short_id": one.sha[:8],
        "created_at": date,
        "parent_ids": [],
        "title": f"Change {one.sha[:7]}",
        "message": f"Change {one.sha[:7]}\n",
        "author_name": one.name,
        "author_email": one.email,
        "authored_date": date,
        "committer_name": one.name,
        "committer_email": one.email,
        "committed_date": date,
        "trailers": {},
        "extended_trailers": {},
        "web_url": f"{repo.url}/-/commit/{one.sha}",
    }


def contributor(row: tuple[tuple[str, str], int]) -> dict[str, Any]:
    """Return a contributor: no login, and lines are never counted."""
    (name, email), commits = row
    return {"name": name, "email": email, "commits": commits, "additions": 0, "deletions": 0}


def release(repo: Repository) -> Callable[[Tag], dict[str, Any]]:
    """Return what shows the releases of a project."""

    def show(tag: Tag) -> dict[str, Any]:
        date = _utc(tag.date)
        page = f"{repo.url}/-/releases/{tag.name}"
        told = {"tag_name": tag.name, "name": tag.name, "description": "", "created_at": date}
        return {**told, "released_at": date, "upcoming_release": False, "_links": {"self": page}}

    return show
