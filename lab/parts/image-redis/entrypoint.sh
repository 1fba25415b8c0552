#!/bin/sh
# Becomes the server. Like the upstream image it answers other machines unless a configuration file says otherwise.
set -eu

case "${1:-redis-server}" in
    -* | *.conf) set -- redis-server "$@" ;;
    redis-server) ;;
    *) exec "$@" ;;
esac
[ $# -gt 0 ] || set -- redis-server
case "${2:-}" in
    *.conf) exec "$@" ;;
esac
shift
exec redis-server --protected-mode no --bind '* -::*' "$@"
