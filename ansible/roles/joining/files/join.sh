# Joins this host to the cluster, and prints what it did. Prints nothing when it is a member already.
#
# The lock and the notes `begun` and `joined` are those of initialise.sh: kubeadm goes on when the controller dies, the next run
# waits for it, and what a power failure left half-made is cleared away.
#
# Arguments: the state directory, kubeadm's configuration, worker|control_plane, and the hash of the settings that it brings.
set -eu
state=$1 config=$2 kind=$3 settings=$4
exec 9> "$state/lock"
flock --timeout 600 9 || { echo "another run has been at work here for ten minutes; see $state/lock" >&2; exit 1; }
trap 'rm -f "$config"' EXIT
[ ! -e "$state/joined" ] || exit 0

finish() {
    echo "$settings" > "$state/settings"
    mv "$state/begun" "$state/joined"
    sync "$state"
    echo "$1"
    exit 0
}

if [ -e "$state/begun" ]; then
    if [ "$kind" = worker ] && [ -s /etc/kubernetes/kubelet.conf ] && [ -e /var/lib/kubelet/pki/kubelet-client-current.pem ]; then
        # The kubelet has its certificate: it is a member, only the note was missing.
        systemctl start kubelet 9>&-
        finish "found the host joined"
    fi
    echo "cleared away a half-made node"
    kubeadm reset --force --cri-socket=unix:///run/containerd/containerd.sock >&2 9>&-
    rm -rf /var/lib/etcd /etc/cni/net.d/10-containerd-net.conflist
fi
touch "$state/begun"
sync "$state"
# A node of the same name that was ready a moment ago counts as ready for most of a minute, and kubeadm refuses to take its place.
deadline=$(($(date +%s) + 90))
until said=$(kubeadm join --config="$config" 2>&1 9>&-); do
    case "$said" in
        *'status "Ready" already exists'*) [ "$(date +%s)" -lt "$deadline" ] || { echo "$said" >&2; exit 1; } ;;
        *) echo "$said" >&2; exit 1 ;;
    esac
    kubeadm reset --force --cri-socket=unix:///run/containerd/containerd.sock >&2 9>&-
    sleep 5
done
finish "joined the host"
