"""What the README says of `serve`: its recipes are run, its unit and its proxy are tried."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pages import README
from tests.server.program import Server

ADDRESS = "localhost:8326"


@pytest.mark.parametrize("command", README.lines("shell"))
def test_each_recipe_answers(command: str, server: Server) -> None:
    for tool in ("curl", "jq"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed")
    assert ADDRESS in command
    line = command.replace(ADDRESS, f"127.0.0.1:{server.port}")
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.strip() not in ("", "null")


def test_the_unit_is_one_of_systemd(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    (unit,) = README.blocks("systemd")
    program = shutil.which("pkgcat", path=str(Path(sys.executable).parent))
    assert program is not None
    file = tmp_path / "pkgcat.service"
    text = unit.replace("%h/.local/bin/pkgcat", program)
    assert text != unit
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", file], capture_output=True, text=True, check=False
    )
    told = [line for line in done.stderr.splitlines() if "pkgcat.service" in line]
    assert (told, done.returncode) == ([], 0)


def test_the_command_of_the_unit_serves(site: Path) -> None:
    (unit,) = README.blocks("systemd")
    match = re.search(r"^ExecStart=%h/\.local/bin/pkgcat serve (.*)$", unit, re.MULTILINE)
    assert match is not None
    with Server(site, *match[1].split()) as running:
        reply = running.ask("/api/v4/", headers={"Host": "packages.example.org"})
    assert reply.json["grids"] == "https://packages.example.org/api/v4/grids/"


def test_nginx_in_front_passes_answers_on(site: Path, tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if nginx is None:
        pytest.skip("nginx is not installed")
    (location,) = README.blocks("nginx")
    socket_file = tmp_path / "nginx.sock"
    with Server(site, "--allow-host", "packages.example.org") as running:
        text = f"""
daemon off; master_process off; pid {tmp_path}/pid; error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {tmp_path}/a; proxy_temp_path {tmp_path}/b; fastcgi_temp_path {tmp_path}/c;
    uwsgi_temp_path {tmp_path}/d; scgi_temp_path {tmp_path}/e;
    server {{ listen unix:{socket_file}; {location.replace(":8326", f":{running.port}")} }}
}}
"""
        (tmp_path / "nginx.conf").write_text(text, encoding="utf-8")
        command = [nginx, "-c", tmp_path / "nginx.conf"]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as proxy:
            try:
                asked = subprocess.run(
                    [
                        *(
                            "curl",
                            "-s",
                            "--retry",
                            "20",
                            "--retry-all-errors",
                            "--retry-delay",
                            "1",
                        ),
                        *("--unix-socket", socket_file, "http://packages.example.org/api/v4/"),
                    ],
                    capture_output=True,
                    text=True,
                    check=False,
                )
            finally:
                proxy.terminate()
    assert '"grids":"http://packages.example.org/api/v4/grids/"' in asked.stdout, asked
