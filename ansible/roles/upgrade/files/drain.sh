# Asks the pods of a node to leave. PodDisruptionBudgets are respected, and a pod that nobody would start again stays and ends
# the run.
#
# Arguments: the node, and the seconds that its pods may take.
set -eu
node=$1 timeout=$2
export KUBECONFIG=/etc/kubernetes/admin.conf
# The kubelet that was exchanged on a control plane restarts the API server once: an API that is away for a moment is not a no.
deadline=$(($(date +%s) + 120))
until said=$(kubectl drain "$node" --ignore-daemonsets --delete-emptydir-data --timeout="${timeout}s" 2>&1); do
    case "$said" in
        *refused*|*EOF*|*etcdserver*|*forbidden*|*"TLS handshake"*|*"currently unable"*) ;;
        *) deadline=0 ;;
    esac
    [ "$(date +%s)" -lt "$deadline" ] || { echo "$said" >&2; exit 1; }
    sleep 2
done
echo "$said"
