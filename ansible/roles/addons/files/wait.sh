# Waits until the cluster can carry work. When the time is over, says which object is not ready and what its pods say.
#
# Arguments: seconds to wait, and the names of the nodes that must be there.
set -eu
timeout=$1
shift
export KUBECONFIG=/etc/kubernetes/admin.conf

node() {
    kubectl wait --for=create "node/$1" --timeout="${timeout}s" >/dev/null 2>&1 \
        && kubectl wait --for=condition=Ready "node/$1" --timeout="${timeout}s" >/dev/null 2>&1 && return
    echo "node $1 is not Ready: $(kubectl get node "$1" --output=jsonpath='{.status.conditions[?(@.type=="Ready")].message}' 2>&1)" >&2
    return 1
}

rollout() {
    ! kubectl --namespace="$1" rollout status "$2" --timeout="${timeout}s" >/dev/null 2>&1 || return 0
    {
        echo "$2 in namespace $1 is not ready:"
        kubectl --namespace="$1" get pods --output=wide
        kubectl --namespace="$1" get events --field-selector=type=Warning --sort-by=.lastTimestamp | tail -n 3
    } >&2
    return 1
}

pids=
for name in "$@"; do
    node "$name" & pids="$pids $!"
done
# metrics-server is ready when it has read figures twice; whoever needs figures waits for them, nobody else has to.
rollout pod-network daemonset/flannel & pids="$pids $!"
rollout kube-system daemonset/kube-proxy & pids="$pids $!"
rollout kube-system deployment/coredns & pids="$pids $!"
rollout storage deployment/local-path-provisioner & pids="$pids $!"
rollout ingress daemonset/traefik & pids="$pids $!"
failed=0
for pid in $pids; do
    wait "$pid" || failed=1
done
exit "$failed"
