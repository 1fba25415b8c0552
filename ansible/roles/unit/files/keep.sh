# Brings one systemd unit into the state that its files ask for, and prints what it did. Prints nothing when all was well.
#
# Whether a restart is due is judged by time, not by whether this run changed a file: a run that was killed between writing a
# file and restarting the service must not leave the old settings in force for ever.
#
# Arguments: check|write, the unit, started|enabled, and the files that the running service has read.
set -eu
mode=$1 unit=$2 state=$3
shift 3

act() {
    echo "$*"
    [ "$mode" = check ] || "$@"
}

stale() {
    since=$(date -d "$(systemctl show --property=ExecMainStartTimestamp --value "$unit")" +%s)
    for file in "$@"; do
        # A link counts with its own time: it changes when a new version is put into use.
        if [ -e "$file" ] && [ "$(stat --format=%Y "$file")" -gt "$since" ]; then
            return 0
        fi
    done
    return 1
}

if [ "$(systemctl show --property=NeedDaemonReload --value "$unit" 2>/dev/null)" = yes ] \
    || [ "$(systemctl show --property=LoadState --value "$unit" 2>/dev/null)" = not-found ]; then
    act systemctl daemon-reload
fi
systemctl is-enabled --quiet "$unit" 2>/dev/null || act systemctl enable --quiet "$unit"
if systemctl is-active --quiet "$unit"; then
    ! stale "$@" || act systemctl restart "$unit"
elif [ "$state" = started ]; then
    act systemctl start "$unit"
fi
