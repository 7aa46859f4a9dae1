#!/bin/sh
# The main job, in ./demo: real records come in, are looked at, edited and exported; then a refresh.
# The refresh asks a server of our own on this machine, which speaks the hosts' dialects and has invented
# packages; `make demo ONLINE=1` asks GitHub and PyPI about django-cities instead.
set -eu
bin=$1
PATH="$bin:$PATH"
PKGCAT_DB=demo/catalog.db
PKGCAT_PAGER=cat
export PATH PKGCAT_DB PKGCAT_PAGER
rm -rf demo
mkdir demo

run() {
    printf '\n$ pkgcat'
    for word in "$@"; do
        case $word in *[!A-Za-z0-9_./:=-]*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
    done
    printf '\n'
    pkgcat "$@"
}

run import tests/data/package-1326.json
run import tests/data/records.ndjson
run show django-cities
run edit django-cities --title Cities --tag geo --notes 'for the shop finder'
run list --sort -repo_watchers --limit 10 --fields slug,title,repo_watchers,pypi_version,last_updated
run search geo --fields slug,tags,repo_description
run history django-cities
run undo
run export demo/catalog.jsonl

if [ "${ONLINE:-}" ]; then
    run refresh django-cities
else
    printf '\nNow a refresh, of invented packages on a server on this machine (ONLINE=1 asks the real hosts):\n'
    PKGCAT_DB=demo/invented.db
    PKGCAT_CONFIG=demo/config.toml
    GITHUB_TOKEN=demo-token-of-nobody
    export PKGCAT_CONFIG GITHUB_TOKEN
    "$bin/python" -u -m tests.upstream --packages 36 --unlimited --latency 50 > demo/config.toml &
    server=$!
    trap 'kill $server' EXIT
    tries=0
    until grep -qs djangopackages demo/config.toml; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || { echo "the server did not start" >&2; exit 1; }
        sleep 0.1
    done
    sleep 0.2
    run import --from djangopackages
    run refresh --all --plan
    run refresh --all
    run refresh --all
    run list --sort -score --limit 8 --fields slug,repo_host,repo_watchers,pypi_version,score
fi
printf '\nThe catalogs are in ./demo: PKGCAT_DB=demo/catalog.db %s/pkgcat list\n' "$bin"
