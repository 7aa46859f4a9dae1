"""GitHub's GraphQL API (https://docs.github.com/graphql): the fields of repositories that pkgcat
asks for.

graphql-core parses the documents. They are executed here: its own validation and execution against
a schema take 16 ms for a document of 50 repositories, this takes 4, and the server must not be what
`make bench` measures.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    NonNullTypeNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    parse,
)
from graphql.utilities import value_from_ast_untyped

from tests.upstream.host import Quota
from tests.upstream.models import Commit, Repository
from tests.upstream.times import format_time
from tests.upstream.world import World


def execute(world: World, quota: Quota, body: bytes) -> dict[str, Any]:
    """Return the answer to the body of a request, {"query": …, "variables": …}."""
    try:
        asked = json.loads(body)
        query, variables = asked["query"], asked.get("variables") or {}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"errors": [{"message": "Problems parsing JSON"}]}
    try:
        return _Execution(world, quota, parse(query), variables).run()
    except GraphQLError as exc:
        return {"errors": [exc.formatted]}


# Objects are dicts; a field that has arguments, or costs time, is a function.


def _describe_repository(repository: Repository) -> dict[str, Any]:
    branch = None
    if repository.commits:
        head = _describe_commit(repository.commits[0], repository.commits)
        branch = {"__typename": "Ref", "name": repository.branch, "target": head}
    license_ = None
    if repository.license is not None:
        license_ = {"__typename": "License", "spdxId": repository.license}
    return {
        "__typename": "Repository",
        "databaseId": repository.id,
        "nameWithOwner": repository.path,
        "description": repository.description,
        "stargazerCount": repository.stars,
        "forkCount": repository.forks,
        "isArchived": repository.archived,
        "isEmpty": not repository.commits,
        "pushedAt": format_time(repository.pushed or repository.created),
        "licenseInfo": license_,
        "issues": _count_by_state("IssueConnection", repository.issues),
        "pullRequests": _count_by_state("PullRequestConnection", repository.pulls),
        "defaultBranchRef": branch,
    }


def _count_by_state(typename: str, opened: int) -> Callable[..., dict[str, Any]]:
    """Return the field that counts issues or pull requests; twice as many are closed as are
    open.
    """

    def count(states: Sequence[str] | str = ()) -> dict[str, Any]:
        only_open = states in ("OPEN", ["OPEN"])
        return {"__typename": typename, "totalCount": opened if only_open else 3 * opened}

    return count


def _describe_commit(commit: Commit, branch: Sequence[Commit]) -> dict[str, Any]:
    """Describe a commit; its history is the whole branch, newest first."""

    def history(
        first: int | None = None, after: str | None = None, since: str | None = None
    ) -> dict[str, Any]:
        commits = branch
        if since is not None:
            earliest = datetime.fromisoformat(since)
            commits = [each for each in branch if each.date >= earliest]
        start = 0 if after is None else int(after.rpartition(" ")[2]) + 1

        def list_page() -> Sequence[Commit]:
            if first is None or not 1 <= first <= 100:
                raise GraphQLError(
                    "You must provide a `first` value of 1 to 100 to paginate the `history` connection."
                )
            return commits[start : start + first]

        def describe_page() -> dict[str, Any]:
            end = start + len(list_page())
            cursor = f"{commits[0].sha} {end - 1}" if commits else None
            return {
                "__typename": "PageInfo",
                "hasNextPage": end < len(commits),
                "endCursor": cursor,
            }

        return {
            "__typename": "CommitHistoryConnection",
            "totalCount": len(commits),
            "nodes": lambda: [_describe_commit(each, branch) for each in list_page()],
            "pageInfo": describe_page,
        }

    date = format_time(commit.date)
    return {"__typename": "Commit", "oid": commit.sha, "committedDate": date, "history": history}


class _RepositoryError(Exception):
    """A repository cannot be shown; `type` is GitHub's word for the reason."""

    def __init__(self, type_: str, message: str) -> None:
        super().__init__(message)
        self.type = type_


class _Execution:
    """Executes one document (https://spec.graphql.org/October2021/#sec-Execution); raises
    GraphQLError.
    """

    def __init__(
        self, world: World, quota: Quota, document: DocumentNode, variables: Mapping[str, Any]
    ) -> None:
        self.world, self.quota = world, quota
        self.fragments: dict[str, FragmentDefinitionNode] = {}
        operations: list[OperationDefinitionNode] = []
        for definition in document.definitions:
            if isinstance(definition, FragmentDefinitionNode):
                self.fragments[definition.name.value] = definition
            elif isinstance(definition, OperationDefinitionNode):
                operations.append(definition)
        if len(operations) != 1:
            raise GraphQLError("Only documents with one operation are understood")
        self.selection_set = operations[0].selection_set
        self.variables = _read_variables(operations[0], variables)

    def run(self) -> dict[str, Any]:
        """Return the answer; a repository that cannot be shown is null, and an error."""
        root = {
            "__typename": "Query",
            "repository": self.find_repository,
            "rateLimit": self.describe_quota(),
        }
        data: dict[str, Any] = {}
        errors = []
        for key, node in self.list_fields("Query", self.selection_set):
            try:
                data[key] = self.resolve_field(root, node)
            except _RepositoryError as exc:
                data[key] = None
                errors.append(
                    {"type": exc.type, "path": [key], **GraphQLError(str(exc), node).formatted}
                )
        return {"data": data, "errors": errors} if errors else {"data": data}

    def describe_quota(self) -> dict[str, Any]:
        """Describe what remains after this document; fewer than 150 connections cost one point."""
        reset = format_time(datetime.fromtimestamp(self.quota.reset, UTC))
        return {
            "__typename": "RateLimit",
            "cost": 1,
            "remaining": self.quota.remaining,
            "resetAt": reset,
        }

    def find_repository(self, owner: str, name: str) -> dict[str, Any]:
        """Describe the repository that is, or was, at a path; raise _RepositoryError."""
        path = f"{owner}/{name}"
        repository = self.world.find("github", path) or self.world.find_renamed("github", path)
        if repository is None:
            raise _RepositoryError(
                "NOT_FOUND", f"Could not resolve to a Repository with the name '{path}'."
            )
        if repository.blocked is not None:
            raise _RepositoryError("FORBIDDEN", "Repository access blocked")
        return _describe_repository(repository)

    def list_fields(
        self, typename: str, selection_set: SelectionSetNode
    ) -> Iterator[tuple[str, FieldNode]]:
        """Yield the selected fields of a type, those in fragments too, with their keys in the
        answer.
        """
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                yield (
                    selection.name.value if selection.alias is None else selection.alias.value,
                    selection,
                )
                continue
            fragment: Any = selection
            if isinstance(selection, FragmentSpreadNode):
                fragment = self.fragments.get(selection.name.value)
                if fragment is None:
                    raise GraphQLError(
                        f"Fragment {selection.name.value} was used, but not defined", selection
                    )
            if fragment.type_condition is None or fragment.type_condition.name.value == typename:
                yield from self.list_fields(typename, fragment.selection_set)

    def resolve_field(self, parent: Mapping[str, Any], node: FieldNode) -> Any:
        """Return the value of a field of an object."""
        name = node.name.value
        if name not in parent:
            raise GraphQLError(
                f"Field '{name}' doesn't exist on type '{parent['__typename']}'", node
            )
        value = parent[name]
        if callable(value):
            value = value(**self.read_arguments(node))
        if isinstance(value, list):
            return [self.select(item, node) for item in value]
        if isinstance(value, dict):
            return self.select(value, node)
        if node.selection_set is not None and value is not None:
            raise GraphQLError(
                f"Selections can't be made on scalars (field '{name}' returns a scalar)", node
            )
        return value

    def select(self, value: Mapping[str, Any], node: FieldNode) -> dict[str, Any]:
        """Return the fields of an object that are selected below a field."""
        typename = value["__typename"]
        if node.selection_set is None:
            raise GraphQLError(
                f"Field must have selections (field '{node.name.value}' returns {typename})", node
            )
        fields = self.list_fields(typename, node.selection_set)
        return {key: self.resolve_field(value, inner) for key, inner in fields}

    def read_arguments(self, node: FieldNode) -> dict[str, Any]:
        """Return the arguments of a field, with the values of variables."""
        arguments = {}
        for argument in node.arguments or ():
            value = value_from_ast_untyped(argument.value, self.variables)
            if value is Undefined:
                raise GraphQLError("A variable is used but not declared", argument)
            arguments[argument.name.value] = value
        return arguments


def _read_variables(operation: OperationDefinitionNode, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the declared variables with their values; raise GraphQLError if a required one
    has none.
    """
    variables = {}
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        variables[name] = given.get(name)
        if variables[name] is None and isinstance(definition.type, NonNullTypeNode):
            raise GraphQLError(
                f"Variable ${name} of a required type was provided invalid value", definition
            )
    return variables
