# Takes a snapshot of etcd from the running member on this host, checks it, and prints where it is.
#
# Arguments: the directory that keeps the snapshots, the name for this one, and the name of the node.
set -eu
directory=$1 name=$2 node=$3
export KUBECONFIG=/etc/kubernetes/admin.conf
mkdir -p -m 0700 "$directory"
# /var/lib/etcd is the one directory that the member and the host share.
inside=/var/lib/etcd/snapshot.part
rm -f "$inside"
trap 'rm -f "$inside"' EXIT
kubectl --namespace=kube-system exec "etcd-$node" -- etcdctl --endpoints=https://127.0.0.1:2379 \
    --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt \
    --key=/etc/kubernetes/pki/etcd/server.key snapshot save "$inside" >&2
kubectl --namespace=kube-system exec "etcd-$node" -- etcdutl snapshot status "$inside" >&2
chmod 0600 "$inside"
mv "$inside" "$directory/$name.db"
sync "$directory"
# The ten newest are enough to go back; each one is as large as the database.
ls -t "$directory"/*.db | tail -n +11 | xargs -r rm -f
echo "$directory/$name.db"
