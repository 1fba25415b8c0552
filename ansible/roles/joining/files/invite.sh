# Makes what a host needs to join: a token that lives for minutes, and for a control plane the key to the shared certificates.
# Both go to standard output and to no log.
#
# Arguments: control_plane or worker.
set -eu
export KUBECONFIG=/etc/kubernetes/admin.conf
if [ "$1" = control_plane ]; then
    # The key to the certificates, which lie encrypted in the cluster for two hours.
    kubeadm init phase upload-certs --upload-certs 2>/dev/null | tail -n 1
fi
kubeadm token create --ttl=15m --description="one run of site.yml" --print-join-command 2>/dev/null
