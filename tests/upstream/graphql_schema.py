"""The part of GitHub's GraphQL schema that a repository's facts need."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.upstream.github_json import LICENSES, license_key, stamp
from tests.upstream.things import Commit, Repository, Tag

CONNECTIONS = {
    "history",
    "issues",
    "pullRequests",
    "watchers",
    "refs",
    "stargazers",
    "forks",
    "repositoryTopics",
}
INTERFACES = {"Commit": {"GitObject", "Node"}, "Repository": {"Node", "RepositoryInfo"}}

Fail = Callable[[str], Exception]


@dataclass(frozen=True, slots=True)
class Node:
    """An object: its type, and its fields, each a value or a function of its arguments."""

    type: str
    fields: Mapping[str, Any]


def repository(repo: Repository) -> Node:
    """Return a repository."""
    tags = sorted(repo.tags, key=lambda tag: tag.date, reverse=True)
    released = next((tag for tag in tags if not tag.prerelease), None)
    fields = {
        "id": f"R_kgDO{repo.id:x}",
        "databaseId": repo.id,
        "name": repo.name,
        "nameWithOwner": repo.path,
        "owner": Node("Organization", {"login": repo.owner}),
        "url": repo.url,
        "description": repo.description,
        "homepageUrl": repo.homepage,
        "stargazerCount": repo.stars,
        "forkCount": repo.forks,
        "watchers": _total("UserConnection", repo.watchers),
        "stargazers": _total("StargazerConnection", repo.stars),
        "isArchived": repo.archived is not None,
        "archivedAt": stamp(repo.archived),
        "isDisabled": False,
        "isEmpty": not repo.commits,
        "isLocked": False,
        "lockReason": None,
        "isFork": repo.fork,
        "isMirror": False,
        "isPrivate": False,
        "isTemplate": False,
        "pushedAt": stamp(repo.pushed or repo.created),
        "updatedAt": stamp(repo.updated),
        "createdAt": stamp(repo.created),
        "licenseInfo": _license(repo.license),
        "latestRelease": None if released is None else _release(repo, released),
        "issues": _by_state("IssueConnection", repo.issues),
        "pullRequests": _by_state("PullRequestConnection", repo.pulls),
        "repositoryTopics": _topics(repo.topics),
        "defaultBranchRef": _branch(repo) if repo.commits else None,
        "refs": _refs(tags),
    }
    return Node("Repository", fields)


def _total(kind: str, count: int) -> Node:
    return Node(kind, {"totalCount": count})


def _by_state(kind: str, opened: int) -> Callable[[Mapping[str, Any], Fail], Node]:
    def count(arguments: Mapping[str, Any], _fail: Fail) -> Node:
        states = arguments.get("states", ["OPEN", "CLOSED"])
        listed = states if isinstance(states, list) else [states]
        return _total(kind, opened if listed == ["OPEN"] else 3 * opened)

    return count


def _license(name: str | None) -> Node | None:
    if name is None:
        return None
    known = {"key": license_key(name), "spdxId": name, "name": LICENSES.get(name, name)}
    return Node("License", {**known, "url": f"https://choosealicense.com/licenses/{known['key']}/"})


def _release(repo: Repository, tag: Tag) -> Node:
    address = f"{repo.url}/releases/tag/{tag.name}"
    fields = {"tagName": tag.name, "name": tag.name, "publishedAt": stamp(tag.date), "url": address}
    return Node("Release", {**fields, "createdAt": stamp(tag.date), "isPrerelease": False, "isDraft": False})


def _topics(names: Sequence[str]) -> Callable[[Mapping[str, Any], Fail], Node]:
    def topics(arguments: Mapping[str, Any], fail: Fail) -> Node:
        chosen = names[: _first(arguments, "repositoryTopics", fail)]
        nodes = [Node("RepositoryTopic", {"topic": Node("Topic", {"name": name})}) for name in chosen]
        return Node("RepositoryTopicConnection", {"totalCount": len(names), "nodes": nodes})

    return topics


def _refs(tags: Sequence[Tag]) -> Callable[[Mapping[str, Any], Fail], Node]:
    def refs(arguments: Mapping[str, Any], fail: Fail) -> Node:
        if arguments.get("refPrefix") != "refs/tags/":
            raise fail("Only refs/tags/ exist here")
        chosen = tags[: _first(arguments, "refs", fail)]
        nodes = [Node("Ref", {"name": tag.name}) for tag in chosen]
        return Node("RefConnection", {"totalCount": len(tags), "nodes": nodes})

    return refs


def _branch(repo: Repository) -> Node:
    return Node("Ref", {"name": repo.branch, "target": _commit(repo.commits[0], repo.commits)})


def _commit(commit: Commit, line: Sequence[Commit]) -> Node:
    return Node(
        "Commit",
        {
            "id": f"C_{commit.sha}",
            "oid": commit.sha,
            "committedDate": stamp(commit.date),
            "authoredDate": stamp(commit.date),
            "messageHeadline": f"Change {commit.sha[:7]}",
            "author": lambda _arguments, _fail: _actor(commit),
            "history": _history(line),
        },
    )


def _actor(commit: Commit) -> Node:
    user = None if commit.login is None else Node("User", {"login": commit.login})
    fields = {"name": commit.name, "email": commit.email, "date": stamp(commit.date), "user": user}
    return Node("GitActor", fields)


def _history(line: Sequence[Commit]) -> Callable[[Mapping[str, Any], Fail], Node]:
    def history(arguments: Mapping[str, Any], fail: Fail) -> Node:
        since, until = _date(arguments.get("since")), _date(arguments.get("until"))
        chosen = [
            commit
            for commit in line
            if (since is None or commit.date >= since) and (until is None or commit.date <= until)
        ]
        after = arguments.get("after")
        start = 0 if after is None else int(str(after).rpartition(" ")[2]) + 1

        def page() -> Sequence[Commit]:
            return chosen[start : start + _first(arguments, "history", fail)]

        def info(_arguments: Mapping[str, Any], _fail: Fail) -> Node:
            last = start + len(page()) - 1
            cursor = f"{chosen[0].sha} {last}" if chosen else None
            return Node("PageInfo", {"hasNextPage": last + 1 < len(chosen), "endCursor": cursor})

        fields = {
            "totalCount": len(chosen),
            "nodes": lambda _arguments, _fail: [_commit(commit, line) for commit in page()],
            "pageInfo": info,
        }
        return Node("CommitHistoryConnection", fields)

    return history


def _first(arguments: Mapping[str, Any], connection: str, fail: Fail) -> int:
    first = arguments.get("first")
    if first is None:
        raise fail(f"You must provide a `first` or `last` value to properly paginate the `{connection}` connection.")
    if not 1 <= first <= 100:
        raise fail(f"Requesting {first} records on the `{connection}` connection exceeds the limit of 100 records.")
    return int(first)


def _date(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
