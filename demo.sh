#!/bin/sh
# The main job on real records, in ./demo: import, look, edit, take back, export.
set -eu
PATH="$1:$PATH"
PKGCAT_DB=demo/catalog.db
PKGCAT_PAGER=cat
export PATH PKGCAT_DB PKGCAT_PAGER
rm -rf demo

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
run list --sort -repo_watchers --limit 10
run list --where pypi_version '!=' null --where repo_watchers '>=' 100 --fields slug,pypi_version,repo_watchers
run search geo
run undo
run export demo/catalog.jsonl
printf '\nThe catalog is demo/catalog.db: PKGCAT_DB=demo/catalog.db %s/pkgcat list\n' "$1"
