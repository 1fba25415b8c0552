# Applies the manifests that come on standard input, and prints what it did. Prints nothing when the cluster has them already.
#
# Whether it has them is asked of the API server, so that what somebody deleted comes back.
#
# Arguments: check|write, and the addresses at which the ingress controller answers (none: it publishes a name of its own).
set -eu
mode=$1
shift
export KUBECONFIG=/etc/kubernetes/admin.conf
kept=/etc/kubernetes/addons/shopmicro.yaml
mkdir -p /etc/kubernetes/addons
new=$(mktemp /etc/kubernetes/addons/.new.XXXXXX)
trap 'rm -f "$new"' EXIT
cat > "$new"

# The kept copy says that these manifests were applied once; asking for differences before that would only cost time.
if ! [ -e "$kept" ] || ! kubectl diff --server-side --force-conflicts --filename="$new" >/dev/null 2>&1; then
    if [ "$mode" = check ]; then
        echo "would apply the manifests"
    else
        kubectl apply --server-side --force-conflicts --filename="$new"
    fi
fi
if [ "$mode" = write ] && ! cmp -s "$new" "$kept"; then
    chmod 0644 "$new"
    mv "$new" "$kept"
    echo "kept the manifests in $kept"
fi

[ $# -gt 0 ] || exit 0
present=$(kubectl --namespace=ingress get service traefik --ignore-not-found \
    --output=jsonpath='{.status.loadBalancer.ingress[*].ip}')
if [ "$present" != "$*" ]; then
    entries=
    for address in "$@"; do
        # With ipMode Proxy, kube-proxy leaves these addresses alone: the nodes' own ports answer.
        entries="$entries${entries:+,}{\"ip\":\"$address\",\"ipMode\":\"Proxy\"}"
    done
    if [ "$mode" = check ]; then
        echo "would publish $*"
    else
        kubectl --namespace=ingress patch service traefik --subresource=status --type=merge \
            --patch="{\"status\":{\"loadBalancer\":{\"ingress\":[$entries]}}}"
    fi
fi
