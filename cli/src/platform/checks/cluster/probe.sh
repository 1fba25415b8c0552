# Runs in a pod on every node: serves a page, asks for a name, fetches the page of the next node through a Service, and
# says how that went, a line each. It ends by itself should nobody remove it.
mkdir -p /tmp/www
echo "$PROOF $NODE" > /tmp/www/proof
httpd -p 8080 -h /tmp/www

# The search domains are those of the cluster, whatever its own domain is.
while read -r word first rest; do
  if [ "$word" = search ]; then domain=${first#*.}; fi
done < /etc/resolv.conf
case "$KUBERNETES_SERVICE_HOST" in *:*) type=aaaa ;; *) type=a ;; esac

# Tries until the answer has what is wanted in it: $1 names the try, $2 is wanted, the rest is the command.
try() {
  what=$1
  wanted=$2
  shift 2
  for round in 1 2 3 4 5 6 7 8; do
    answer=$(timeout 4 "$@" 2>&1 | tr '\n' ' ')
    case "$answer" in
      *"$wanted"*)
        echo "probe $what ok $wanted"
        return
        ;;
    esac
    sleep 1
  done
  echo "probe $what failed ${answer:-no answer}"
}

try dns "$KUBERNETES_SERVICE_HOST" nslookup "-type=$type" "kubernetes.default.$domain" &
# Not wget: in an image with a static busybox and nothing else it cannot even take an address for a name.
try service "$PROOF $PEER" sh -c "printf 'GET /proof HTTP/1.0\\r\\n\\r\\n' | nc -w 3 $SERVICE 80" &

trap 'exit 0' TERM
sleep 600 &
wait $!
