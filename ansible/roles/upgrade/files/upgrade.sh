# Lets kubeadm bring this host's share of the control plane, or a worker's settings, to the new release.
#
# Arguments: the state directory, then kubeadm and its arguments.
set -eu
state=$1
shift
exec 9> "$state/lock"
flock --timeout 900 9 || { echo "another run has been at work here for fifteen minutes; see $state/lock" >&2; exit 1; }
touch "$state/upgrading"
sync "$state"
"$@" >&2 9>&-
