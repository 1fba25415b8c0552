# Makes the first control plane, or gives it changed settings, and prints what it did. Prints nothing when all is as it should be.
#
# Two notes in the state directory say how far an earlier run got. `begun` without `joined` is a cluster that never was
# complete: nothing can have been stored in it, so it is cleared away and made afresh. The lock is held as long as kubeadm runs:
# when the controller dies, kubeadm goes on here, and the next run waits for it instead of getting in its way.
#
# Arguments: the state directory, and the directory of the settings, with kubeadm's configuration in it.
set -eu
state=$1 settings=$2
config=$settings/kubeadm.yaml
exec 9> "$state/lock"
flock --timeout 600 9 || { echo "another run has been at work here for ten minutes; see $state/lock" >&2; exit 1; }

# What stands before is about the first node at its beginning; the release is upgrade.yml's business alone.
comparable() { sed -n '/^kind: ClusterConfiguration/,$p' "$1" | grep -v '^kubernetesVersion:'; }

if [ -e "$state/joined" ]; then
    [ "$(comparable "$config")" != "$(comparable "$state/kubeadm.yaml")" ] || exit 0
    export KUBECONFIG=/etc/kubernetes/admin.conf
    kubeadm init phase upload-config all --config="$config" >&2 9>&-
    kubeadm init phase control-plane all --config="$config" >&2 9>&-
    kubeadm init phase addon kube-proxy --config="$config" >&2 9>&-
    kubectl --namespace=kube-system rollout restart daemonset/kube-proxy >&2
    kubeadm upgrade node phase kubelet-config >&2 9>&-
    systemctl restart kubelet
    cp "$config" "$state/kubeadm.yaml"
    echo "gave the control plane new settings"
    exit 0
fi

# The key with which Secrets are encrypted in etcd. It leaves this file for the other control planes only.
make_key() (
    umask 077
    key=$(head -c 32 /dev/urandom | base64)
    cat > "$settings/encryption.yaml.new" <<CONFIG
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox:
          keys:
            - name: first
              secret: $key
      # What was written before there was a key stays readable.
      - identity: {}
CONFIG
    sync "$settings/encryption.yaml.new"
    mv "$settings/encryption.yaml.new" "$settings/encryption.yaml"
)
[ -e "$settings/encryption.yaml" ] || make_key

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
