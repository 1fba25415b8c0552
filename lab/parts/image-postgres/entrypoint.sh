#!/bin/sh
# Makes the database cluster on the first start, from the variables that the upstream image knows, and becomes the server.
set -eu

case "${1:-postgres}" in
    -*) set -- postgres "$@" ;;
    postgres) ;;
    *) exec "$@" ;;
esac

export PGDATA="${PGDATA:-/var/lib/postgresql/data}"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    user=${POSTGRES_USER:-postgres}
    password=${POSTGRES_PASSWORD:-}
    if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
        password=$(cat "$POSTGRES_PASSWORD_FILE")
    fi
    if [ -z "$password" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
        echo "error: set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE" >&2
        exit 1
    fi
    secret=$(mktemp)
    printf '%s\n' "$password" > "$secret"
    if [ -n "$password" ]; then
        initdb --username="$user" --pwfile="$secret" --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
    else
        initdb --username="$user" --auth=trust --encoding=UTF8 --locale=C.UTF-8
    fi
    rm -f "$secret"
    echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >> "$PGDATA/pg_hba.conf"
    pg_ctl --wait --options="-c listen_addresses='' -c unix_socket_directories=/tmp" start
    if [ "${POSTGRES_DB:-$user}" != postgres ]; then
        createdb --host=/tmp --username="$user" "${POSTGRES_DB:-$user}"
    fi
    for file in /docker-entrypoint-initdb.d/*; do
        case "$file" in
            *.sh) sh "$file" ;;
            *.sql) psql --host=/tmp --username="$user" --dbname="${POSTGRES_DB:-$user}" --set=ON_ERROR_STOP=1 --file="$file" ;;
        esac
    done
    pg_ctl --wait --mode=fast stop
fi
[ $# -gt 0 ] || set -- postgres
shift
# What the caller says comes last and wins.
exec postgres -c listen_addresses='*' -c unix_socket_directories=/tmp "$@"
