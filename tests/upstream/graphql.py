"""GitHub's GraphQL API: answers the fields that were asked, and says which it does not know (section 1.6)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.upstream import graphql_schema as schema
from tests.upstream.graphql_parser import Document, Field, Inline, Selection, Spread, Variable, Wrong, parse
from tests.upstream.site import Quota, Site
from tests.upstream.wire import Request, Response, answer

_DOCS = "https://docs.github.com/graphql"


def respond(site: Site, request: Request, *, signed: bool) -> Response:
    """Answer a POST to /graphql; errors of a query come with status 200."""
    if not signed:
        told = {"message": "This endpoint requires you to be authenticated.", "documentation_url": _DOCS}
        return answer(told, 401)
    quota = site.quotas["graphql"]
    response = answer(_answered(site, request, quota))
    limit = quota.remaining + quota.used if quota.limit is None else quota.limit
    state = {"limit": limit, "remaining": quota.remaining, "reset": int(quota.reset + 1), "used": quota.used}
    response.headers.update({f"x-ratelimit-{name}": str(value) for name, value in state.items()})
    response.headers["x-ratelimit-resource"] = "graphql"
    return response


def _answered(site: Site, request: Request, quota: Quota) -> dict[str, Any]:
    if request.method != "POST":
        return _errors(Wrong("A query attribute must be specified and must be a string."))
    if not quota.remaining:
        told = {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}
        return {"errors": [told]}
    try:
        asked = json.loads(request.body)
        return _Query(site, quota, parse(asked["query"]), asked.get("variables") or {}).run()
    except (ValueError, KeyError, TypeError, AttributeError):
        return _errors(Wrong("Problems parsing JSON"))
    except Wrong as exc:
        return _errors(exc)


def _errors(exc: Wrong) -> dict[str, Any]:
    place = {"line": exc.line, "column": exc.column}
    return {"errors": [{"message": str(exc), "locations": [place]}]}


class _Query:
    """One run of one document: its variables, what it costs, what went wrong."""

    def __init__(self, site: Site, quota: Quota, document: Document, variables: Mapping[str, Any]) -> None:
        self.site, self.quota, self.document = site, quota, document
        self.variables = {**document.defaults, **variables}
        self.errors: list[dict[str, Any]] = []
        for name in document.required:
            if self.variables.get(name) is None:
                raise Wrong(f"Variable ${name} of a required type was provided invalid value")

    def run(self) -> dict[str, Any]:
        """Answer it, and charge for it."""
        chosen = list(self.fields(self.document.query or (), "Query"))
        cost = max(1, round(self.connections(self.document.query or ()) / 100))
        self.quota.spend(cost)
        found: dict[str, Any] = {}
        for field in chosen:
            if field.name == "rateLimit":
                found[field.alias] = self.show(schema.Node("RateLimit", self.rate(cost)), field, [field.alias])
            elif field.name == "repository":
                found[field.alias] = self.repository(field)
            elif field.name == "viewer":
                viewer = schema.Node("User", {"login": "tester"})
                found[field.alias] = self.show(viewer, field, [field.alias])
            else:
                raise _unknown("Query", field)
        return {"data": found, "errors": self.errors} if self.errors else {"data": found}

    def rate(self, cost: int) -> dict[str, Any]:
        """Return the state of the quota after this query."""
        reset = datetime.fromtimestamp(self.quota.reset, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        remaining = self.quota.remaining
        known = {"cost": cost, "remaining": remaining, "resetAt": reset, "used": self.quota.used}
        return {**known, "limit": remaining + self.quota.used, "nodeCount": cost * 100}

    def connections(self, selection: Sequence[Selection]) -> int:
        """Count the connections that a selection fills, fragments included."""
        total = 0
        for item in selection:
            if isinstance(item, Field):
                total += (item.name in schema.CONNECTIONS) + self.connections(item.selection)
            else:
                total += self.connections(self.inside(item).selection)
        return total

    def repository(self, field: Field) -> Any:
        """Answer `repository(owner:, name:)`; a missing one is null and an error."""
        arguments = self.arguments(field)
        path = f"{arguments.get('owner')}/{arguments.get('name')}"
        world = self.site.world
        found = world.find("github", path)
        if found is None and arguments.get("followRenames", True):
            found = world.successor("github", path)
        if found is None or found.blocked:
            kind, words = "NOT_FOUND", f"Could not resolve to a Repository with the name '{path}'."
            if found is not None:
                kind, words = "FORBIDDEN", "Repository access blocked"
            place = {"line": field.place[0], "column": field.place[1]}
            self.errors.append({"type": kind, "path": [field.alias], "locations": [place], "message": words})
            return None
        return self.show(schema.repository(found), field, [field.alias])

    def show(self, value: Any, field: Field, path: list[str]) -> Any:
        """Return the part of a value that was asked for."""
        if callable(value):
            value = value(self.arguments(field), lambda words: Wrong(words, *field.place))
        if isinstance(value, list):
            return [self.show(item, field, path) for item in value]
        if not isinstance(value, schema.Node):
            if field.selection and value is not None:
                words = f"Selections can't be made on scalars (field '{field.name}' returns a scalar)"
                raise Wrong(words, *field.place)
            return value
        if not field.selection:
            words = f"Field must have selections (field '{field.name}' returns {value.type})"
            raise Wrong(words, *field.place)
        shown: dict[str, Any] = {}
        for inner in self.fields(field.selection, value.type):
            if inner.name == "__typename":
                shown[inner.alias] = value.type
            elif inner.name in value.fields:
                answered = self.show(value.fields[inner.name], inner, [*path, inner.alias])
                before = shown.get(inner.alias)
                both = isinstance(before, dict) and isinstance(answered, dict)
                shown[inner.alias] = {**before, **answered} if both else answered  # type: ignore[dict-item]  # both are
            else:
                raise _unknown(value.type, inner)
        return shown

    def fields(self, selection: Sequence[Selection], kind: str) -> Iterator[Field]:
        """Give the fields that apply to a type, fragments opened."""
        for item in selection:
            if isinstance(item, Field):
                yield item
            elif (inside := self.inside(item)).on in {kind, None, *schema.INTERFACES.get(kind, ())}:
                yield from self.fields(inside.selection, kind)

    def inside(self, item: Spread | Inline) -> Inline:
        """Return what a fragment holds."""
        if isinstance(item, Inline):
            return item
        if item.name not in self.document.fragments:
            raise Wrong(f"Fragment {item.name} was used, but not defined")
        return self.document.fragments[item.name]

    def arguments(self, field: Field) -> dict[str, Any]:
        """Return arguments with variables filled in."""
        return {name: self.filled(value) for name, value in field.arguments.items()}

    def filled(self, value: Any) -> Any:
        """Return a value without variables."""
        if isinstance(value, Variable):
            if value.name not in self.document.defaults:
                raise Wrong(f"Variable ${value.name} is used but not declared")
            return self.variables[value.name]
        if isinstance(value, dict):
            return {key: self.filled(inner) for key, inner in value.items()}
        return [self.filled(inner) for inner in value] if isinstance(value, list) else value


def _unknown(kind: str, field: Field) -> Wrong:
    return Wrong(f"Field '{field.name}' doesn't exist on type '{kind}'", *field.place)
