"""The OpenAPI document, and every answer held to it by schemathesis."""

import itertools

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import APIOperation, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.server.program import Server

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
EXAMPLES = 15
"""Of valid and of invalid requests for each address, from this machine and from another."""


@pytest.fixture(autouse=True)
def without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let schemathesis reach this machine: the tests' proxy leads nowhere."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def list_operations(address: str) -> list[APIOperation]:
    schema = schemathesis.openapi.from_url(f"{address}/api/openapi.json")
    return [result.ok() for result in schema.get_all_operations()]


@pytest.mark.parametrize("headers", [{}, {"Via": "1.1 proxy"}], ids=["this machine", "another"])
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_answer_is_as_described(
    server: Server, headers: dict[str, str], mode: GenerationMode
) -> None:
    address = f"http://127.0.0.1:{server.port}"
    operations = list_operations(address)
    assert len(operations) == 6
    asked = itertools.count()
    for operation in operations:
        if mode is GenerationMode.NEGATIVE and not list(operation.iter_parameters()):
            continue

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(mode))
        def check(case: schemathesis.Case) -> None:
            next(asked)
            case.call_and_validate(base_url=address, headers=headers, checks=list(CHECKS))

        check()
    assert next(asked) > len(operations)


def test_an_answer_that_is_not_as_described_is_found(server: Server) -> None:
    address = f"http://127.0.0.1:{server.port}"
    index, listing = list_operations(address)[:2]
    response = index.Case(method="GET").call(base_url=address)
    index.Case(method="GET").validate_response(response, checks=list(CHECKS))
    with pytest.raises(BaseException, match="schema"):
        listing.Case(method="GET").validate_response(response, checks=list(CHECKS))
