# Lets pods onto a node again and waits until it is ready with the new kubelet.
#
# Arguments: the node, the release and the seconds to wait.
set -eu
node=$1 release=$2 timeout=$3
export KUBECONFIG=/etc/kubernetes/admin.conf
# The kubelet reports its version when it has come up; until then "Ready" is the word of the old one.
kubectl wait --for=jsonpath='{.status.nodeInfo.kubeletVersion}'="v$release" "node/$node" --timeout="${timeout}s" >&2
kubectl wait --for=condition=Ready "node/$node" --timeout="${timeout}s" >&2
kubectl uncordon "$node"
