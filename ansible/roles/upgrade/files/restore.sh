# Puts etcd on this control plane back to a snapshot. With three control planes: the same snapshot on each, one after the other;
# the API answers when the second one is done.
#
# Everything that was stored after the snapshot is gone afterwards, so nothing runs this but a person (docs/cluster.md):
#
#     ssh HOST sudo sh -s SNAPSHOT NAME NAME=ADDRESS... < restore.sh
#
# Arguments: the snapshot on this host, the name of this node, and all control planes as NAME=ADDRESS, this one among them.
set -eu
snapshot=$1 name=$2
shift 2
manifests=/etc/kubernetes/manifests stopped=/etc/kubernetes/stopped
[ -s "$snapshot" ] || { echo "there is no snapshot $snapshot" >&2; exit 1; }

cluster='' own=''
for member in "$@"; do
    cluster="$cluster${cluster:+,}${member%%=*}=https://${member#*=}:2380"
    [ "${member%%=*}" != "$name" ] || own=https://${member#*=}:2380
done
[ -n "$own" ] || { echo "$name is not among $*" >&2; exit 1; }

# The kubelet ends static pods whose manifest is gone. A second run finds them in `stopped` and goes on.
mkdir -p "$stopped"
for component in kube-apiserver kube-controller-manager kube-scheduler etcd; do
    [ ! -e "$manifests/$component.yaml" ] || mv "$manifests/$component.yaml" "$stopped/"
done
deadline=$(($(date +%s) + 120))
while ss --listening --tcp --numeric | grep -qE ':(2379|6443) '; do
    [ "$(date +%s)" -lt "$deadline" ] || { echo "etcd or the API server does not end; see crictl or ctr -n k8s.io tasks ls" >&2; exit 1; }
    sleep 1
done

image=$(sed -n 's/^ *image: *//p' "$stopped/etcd.yaml")
before=/var/lib/etcd.before-$(date -u +%Y%m%dT%H%M%SZ)
[ ! -e /var/lib/etcd ] || mv /var/lib/etcd "$before"
# The tool is in the image that runs etcd. Revisions jump ahead, so that no watcher takes an old one for a new one.
ctr --namespace=k8s.io run --rm --mount type=bind,src=/var/lib,dst=/var/lib,options=rbind:rw \
    --mount type=bind,src="$(dirname "$snapshot")",dst=/snapshot,options=rbind:ro "$image" restore-etcd \
    etcdutl snapshot restore "/snapshot/$(basename "$snapshot")" --data-dir=/var/lib/etcd --name="$name" \
    --initial-cluster="$cluster" --initial-advertise-peer-urls="$own" --bump-revision=1000000000 --mark-compacted
mv "$stopped"/*.yaml "$manifests/"
rmdir "$stopped"
echo "restored $snapshot; what was there before is in $before"
