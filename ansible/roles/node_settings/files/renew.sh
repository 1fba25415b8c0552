# Gives a node the settings that the cluster keeps for all nodes now, and notes which ones these are.
#
# Arguments: the state directory, the hash of the settings, and kubeadm's checks to pass over.
set -eu
state=$1 hash=$2 ignored=$3
exec 9> "$state/lock"
flock --timeout 600 9 || { echo "another run has been at work here for ten minutes; see $state/lock" >&2; exit 1; }
kubeadm upgrade node --ignore-preflight-errors="$ignored" >&2 9>&-
systemctl restart kubelet
echo "$hash" > "$state/settings"
