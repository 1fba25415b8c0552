# Makes the host bare again: everything that these playbooks brought goes, in an order that can be repeated at any point. Prints
# what it did, and nothing when there was nothing.
#
# Packages that were installed from the distribution stay: somebody else may use them by now.
#
# Arguments: check|write, keep|delete (the volumes and etcd snapshots), and the directory of the volumes.
set -u
mode=$1 data=$2 volumes=$3
state=/var/lib/shopmicro-cluster software=/opt/shopmicro
socket=unix:///run/containerd/containerd.sock
PATH=$PATH:/usr/local/bin:/usr/sbin:/sbin

if [ "$mode" = write ] && [ -d "$state" ]; then
    exec 9> "$state/lock"
    flock --timeout 600 9 || { echo "another run has been at work here for ten minutes; see $state/lock" >&2; exit 1; }
fi

act() {
    echo "$*"
    [ "$mode" = check ] || "$@" >&2 9>&-
}

remove() {
    for path in "$@"; do
        if [ -e "$path" ] || [ -L "$path" ]; then
            act rm -rf "$path"
        fi
    done
}

runs() { systemctl is-active --quiet "$1"; }

# 1. Kubernetes: kubeadm knows best what it made, and takes this member out of etcd.
if [ -e /etc/kubernetes/kubelet.conf ] || [ -e /etc/kubernetes/manifests/kube-apiserver.yaml ] || [ -e "$state/begun" ]; then
    if command -v kubeadm >/dev/null && runs containerd; then
        act kubeadm reset --force --cleanup-tmp-dir --cri-socket=$socket
    fi
fi
if runs kubelet; then act systemctl stop kubelet; fi

# 2. Containers that are still there, and containerd with everything below it.
if runs containerd; then
    if [ "$mode" = write ]; then
        ctr --namespace=k8s.io tasks list --quiet 2>/dev/null | xargs -r -n1 ctr --namespace=k8s.io tasks kill --signal=KILL >&2 9>&-
    fi
    act systemctl stop containerd
    # The shims outlive containerd on purpose (KillMode=process); they are in its control group.
    [ "$mode" = check ] || systemctl kill --kill-whom=all --signal=KILL containerd 2>/dev/null
fi
for unit in kubelet containerd; do
    if systemctl is-enabled --quiet $unit 2>/dev/null && [ -e /etc/systemd/system/$unit.service ]; then
        act systemctl disable --quiet $unit
    fi
done
if grep -qs 'balancer\|control_planes' /etc/haproxy/haproxy.cfg; then
    act systemctl disable --now --quiet haproxy
    remove /etc/haproxy/haproxy.cfg
fi

# 3. What is mounted below the directories that go.
mounts() { awk '$2 ~ "^/(var/lib/kubelet|run/containerd|run/netns/cni-)" { print $2 }' /proc/mounts | sort -r; }
if [ -n "$(mounts)" ]; then
    act sh -c 'printf "%s\n" "$@" | xargs -r -n1 umount --lazy' umount $(mounts)
fi
# A volume that is still mounted below a directory that goes would be emptied with it.
if [ "$mode" = write ] && [ -n "$(mounts)" ]; then
    echo "still mounted, so nothing more was removed: $(mounts | head -n 1)" >&2
    exit 1
fi

# 4. Interfaces, routes and packet rules.
for link in cni0 flannel.1; do
    if ip link show $link >/dev/null 2>&1; then act ip link delete $link; fi
done
if command -v nft >/dev/null; then
    nft list tables 2>/dev/null | grep -E ' (kube-proxy|flannel-ipv4|flannel-ipv6)$' | while read -r _ family table; do
        act nft delete table "$family" "$table"
    done
fi
for table in nat filter mangle; do
    for family in ip ip6; do
        ipt=$([ $family = ip ] && echo iptables || echo ip6tables)
        rules=$($ipt-save -t $table 2>/dev/null) || continue
        if printf '%s\n' "$rules" | grep -qE 'KUBE-|CNI-|FLANNEL-|flanneld'; then
            echo "cleared rules of $ipt in table $table"
            [ "$mode" = check ] || printf '%s\n' "$rules" | grep -vE 'KUBE-|CNI-|FLANNEL-|flanneld' | $ipt-restore -T $table >&2
        fi
        # A table without rules, chains of its own or a policy of denial is one that iptables made for us in passing.
        if nft list table $family $table >/dev/null 2>&1 && ! $ipt-save -t $table | grep -qE '^-A|^:[^ ]+ (DROP|-) '; then
            act nft delete table $family $table
        fi
    done
done

# 5. Files. The units go before the programs they start.
units=$(ls -d /etc/systemd/system/kubelet.service /etc/systemd/system/containerd.service 2>/dev/null)
remove /etc/systemd/system/kubelet.service /etc/systemd/system/containerd.service /etc/systemd/logind.conf.d/99-kubelet.conf
if [ -n "$units" ]; then act systemctl daemon-reload; fi
for link in /usr/local/bin/*; do
    case $(readlink "$link") in "$software"/*) remove "$link" ;; esac
done
remove /etc/kubernetes /etc/containerd /etc/cni/net.d /opt/cni /var/lib/kubelet /var/lib/etcd /var/lib/etcd.before-* /var/lib/cni /var/lib/containerd
remove /opt/containerd /run/containerd /run/flannel /run/shopmicro-join.yaml /var/log/kubernetes /var/log/pods /var/log/containers
remove /etc/modules-load.d/shopmicro.conf /etc/sysctl.d/90-shopmicro.conf "$software" /root/.ansible_async
[ "$mode" = check ] || rmdir /etc/cni /etc/systemd/logind.conf.d 2>/dev/null
if grep -q '^127\.0\.0\.1 api\..*\.internal$' /etc/hosts; then
    echo "removed the API's name from /etc/hosts"
    if [ "$mode" = write ]; then
        # The file may be a mount of its own: it is rewritten, not replaced.
        kept=$(grep -v '^127\.0\.0\.1 api\..*\.internal$' /etc/hosts)
        printf '%s\n' "$kept" > /etc/hosts
    fi
fi
if [ "$data" = delete ]; then
    remove "$volumes" "$state"
elif [ -d "$state" ]; then
    remove "$state/begun" "$state/joined" "$state/upgrading" "$state/kubeadm.yaml" "$state/settings" "$state/lock"
    [ "$mode" = check ] || rmdir "$state" 2>/dev/null
fi
exit 0
