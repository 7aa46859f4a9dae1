"""The objects of GitHub's REST API, key for key as recorded."""

from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from tests.upstream.things import Commit, Repository, Tag

_ACCOUNT = (
    ("followers_url", "followers"),
    ("following_url", "following{/other_user}"),
    ("gists_url", "gists{/gist_id}"),
    ("starred_url", "starred{/owner}{/repo}"),
    ("subscriptions_url", "subscriptions"),
    ("organizations_url", "orgs"),
    ("repos_url", "repos"),
    ("events_url", "events{/privacy}"),
    ("received_events_url", "received_events"),
)
_LINKS = (
    ("forks_url", "/forks"),
    ("keys_url", "/keys{/key_id}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("teams_url", "/teams"),
    ("hooks_url", "/hooks"),
    ("issue_events_url", "/issues/events{/number}"),
    ("events_url", "/events"),
    ("assignees_url", "/assignees{/user}"),
    ("branches_url", "/branches{/branch}"),
    ("tags_url", "/tags"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("trees_url", "/git/trees{/sha}"),
    ("statuses_url", "/statuses/{sha}"),
    ("languages_url", "/languages"),
    ("stargazers_url", "/stargazers"),
    ("contributors_url", "/contributors"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("commits_url", "/commits{/sha}"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("comments_url", "/comments{/number}"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("contents_url", "/contents/{+path}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("merges_url", "/merges"),
    ("archive_url", "/{archive_format}{/ref}"),
    ("downloads_url", "/downloads"),
    ("issues_url", "/issues{/number}"),
    ("pulls_url", "/pulls{/number}"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("labels_url", "/labels{/name}"),
    ("releases_url", "/releases{/id}"),
    ("deployments_url", "/deployments"),
)
LICENSES = {
    "MIT": "MIT License",
    "Apache-2.0": "Apache License 2.0",
    "BSD-3-Clause": 'BSD 3-Clause "New" or "Revised" License',
    "BSD-2-Clause": 'BSD 2-Clause "Simplified" License',
    "GPL-3.0": "GNU General Public License v3.0",
    "NOASSERTION": "Other",
}


def stamp(date: datetime | None) -> str | None:
    """Return a time as GitHub writes it."""
    return None if date is None else date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _node(kind: str, number: int) -> str:
    return f"{kind}_kgDO{number:x}"


def account(base: str, login: str, *, organization: bool = False) -> dict[str, Any]:
    """Return a user or an organization."""
    number = crc32(login.encode())
    me = f"{base}/users/{login}"
    robot = login.endswith("[bot]")
    return {
        "login": login,
        "id": number,
        "node_id": _node("U", number),
        "avatar_url": f"https://avatars.githubusercontent.com/u/{number}?v=4",
        "gravatar_id": "",
        "url": me,
        "html_url": f"https://github.com/{login}",
        **{key: f"{me}/{tail}" for key, tail in _ACCOUNT},
        "type": "Organization" if organization else "Bot" if robot else "User",
        "site_admin": False,
    }


def license_key(name: str) -> str:
    """Return GitHub's key of an SPDX licence."""
    return "other" if name == "NOASSERTION" else name.lower()


def _license(name: str | None) -> dict[str, Any] | None:
    if name is None:
        return None
    key = license_key(name)
    url = None if key == "other" else f"https://api.github.com/licenses/{key}"
    return {"key": key, "name": LICENSES.get(name, name), "spdx_id": name, "url": url, "node_id": f"L_{key}"}


def repository(base: str, repo: Repository) -> dict[str, Any]:
    """Return a repository."""
    me = f"{base}/repos/{repo.path}"
    owner = account(base, repo.owner, organization=True)
    everything = repo.issues + repo.pulls
    return {
        "id": repo.id,
        "node_id": _node("R", repo.id),
        "name": repo.name,
        "full_name": repo.path,
        "private": False,
        "owner": owner,
        "html_url": repo.url,
        "description": repo.description,
        "fork": repo.fork,
        "url": me,
        **{key: me + tail for key, tail in _LINKS},
        "created_at": stamp(repo.created),
        "updated_at": stamp(repo.updated),
        "pushed_at": stamp(repo.pushed or repo.created),
        "git_url": f"git://github.com/{repo.path}.git",
        "ssh_url": f"git@github.com:{repo.path}.git",
        "clone_url": f"{repo.url}.git",
        "svn_url": repo.url,
        "homepage": repo.homepage,
        "size": 8 * len(repo.commits),
        "stargazers_count": repo.stars,
        "watchers_count": repo.stars,
        "language": "Python",
        "has_issues": True,
        "has_projects": False,
        "has_downloads": True,
        "has_wiki": False,
        "has_pages": False,
        "has_discussions": False,
        "forks_count": repo.forks,
        "mirror_url": None,
        "archived": repo.archived is not None,
        "disabled": False,
        "open_issues_count": everything,
        "license": _license(repo.license),
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": repo.topics,
        "visibility": "public",
        "forks": repo.forks,
        "open_issues": everything,
        "watchers": repo.stars,
        "default_branch": repo.branch,
        "permissions": {"admin": False, "maintain": False, "push": False, "triage": False, "pull": True},
        "temp_clone_token": "",
        "custom_properties": {},
        "organization": owner,
        "network_count": repo.forks,
        "subscribers_count": repo.watchers,
    }


def commit(base: str, repo: Repository, one: Commit) -> dict[str, Any]:
    """Return a commit."""
    me = f"{base}/repos/{repo.path}"
    person = {"name": one.name, "email": one.email, "date": stamp(one.date)}
    user = account(base, one.login) if one.login else None
    return {
        "sha": one.sha,
        "node_id": f"C_{one.sha}",
        "commit": {
            "author": person,
            "committer": person,
            "message": f"Change {one.sha[:7]}",
            "tree": {"sha": one.sha[::-1], "url": f"{me}/git/trees/{one.sha[::-1]}"},
            "url": f"{me}/git/commits/{one.sha}",
            "comment_count": 0,
            "verification": {"verified": False, "reason": "unsigned", "signature": None, "payload": None},
        },
        "url": f"{me}/commits/{one.sha}",
        "html_url": f"{repo.url}/commit/{one.sha}",
        "comments_url": f"{me}/commits/{one.sha}/comments",
        "author": user,
        "committer": user,
        "parents": [],
    }


def contributor(base: str, _repo: Repository, row: tuple[tuple[str, str | None], int]) -> dict[str, Any]:
    """Return a row of the list of contributors; one without an account has a name and an e-mail address."""
    (name, login), contributions = row
    if login is not None:
        return {**account(base, login), "contributions": contributions}
    email = Commit("", datetime.now(UTC), name).email
    return {"email": email, "name": name, "type": "Anonymous", "contributions": contributions}


def release(base: str, repo: Repository, one: Tag) -> dict[str, Any]:
    """Return a release."""
    number = crc32(f"{repo.path} {one.name}".encode())
    return {
        "url": f"{base}/repos/{repo.path}/releases/{number}",
        "html_url": f"{repo.url}/releases/tag/{one.name}",
        "id": number,
        "author": account(base, repo.owner),
        "tag_name": one.name,
        "target_commitish": repo.branch,
        "name": one.name,
        "draft": False,
        "prerelease": one.prerelease,
        "created_at": stamp(one.date),
        "published_at": stamp(one.date),
        "assets": [],
        "body": "",
    }


def tag(base: str, repo: Repository, one: Tag) -> dict[str, Any]:
    """Return a tag."""
    sha = repo.commits[0].sha if repo.commits else "0" * 40
    return {
        "name": one.name,
        "zipball_url": f"{base}/repos/{repo.path}/zipball/refs/tags/{one.name}",
        "tarball_url": f"{base}/repos/{repo.path}/tarball/refs/tags/{one.name}",
        "commit": {"sha": sha, "url": f"{base}/repos/{repo.path}/commits/{sha}"},
        "node_id": f"REF_{one.name}",
    }
