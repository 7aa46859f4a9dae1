"""A bare Starlette route that answers the bytes of a file: `python -m bench.bare_route FILE PORT`."""

import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def main() -> None:
    """Serve until killed."""
    body = Path(sys.argv[1]).read_bytes()

    async def answer(_: Request) -> Response:
        return Response(body, media_type="application/json")

    app = Starlette(routes=[Route("/", answer)])
    uvicorn.run(app, port=int(sys.argv[2]), http="h11", log_level="critical", access_log=False)


main()
