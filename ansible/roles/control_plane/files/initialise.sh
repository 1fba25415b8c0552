# Makes the first control plane, and prints what it did. Prints nothing when it is there already.
#
# Two notes in the state directory say how far an earlier run got. `begun` without `joined` is a cluster that never was
# complete: nothing can have been stored in it, so it is cleared away and made afresh. The lock is held as long as kubeadm runs:
# when the controller dies, kubeadm goes on here, and the next run waits for it instead of getting in its way.
#
# Arguments: the state directory and kubeadm's configuration.
set -eu
state=$1 config=$2
exec 9> "$state/lock"
flock --timeout 600 9 || { echo "another run has been at work here for ten minutes; see $state/lock" >&2; exit 1; }
[ ! -e "$state/joined" ] || exit 0

if [ -e "$state/begun" ]; then
    echo "cleared away a half-made control plane"
    kubeadm reset --force --cri-socket=unix:///run/containerd/containerd.sock >&2 9>&-
    rm -rf /var/lib/etcd /etc/cni/net.d/10-containerd-net.conflist
fi
touch "$state/begun"
sync "$state"
# Not the lock itself: a child of kubeadm that stays would hold it for ever.
kubeadm init --config="$config" --skip-token-print >&2 9>&-
cp "$config" "$state/kubeadm.yaml"
mv "$state/begun" "$state/joined"
sync "$state"
echo "made the control plane"
